#!/usr/bin/env python3
"""Writes host/hash/poseidon2_constants.cpp: the instances of Poseidon2 over BN254's Fr of host/hash/poseidon2.hpp.

Usage: scripts/generate_poseidon2.py [--check]     --check: compare with the file instead of writing it; some 15 s

Source: Grassi, Khovratovich, Schofnegger, "Poseidon2" (eprint 2023/323): numbers of rounds by the inequalities of sec. 7 (and of eprint
2023/537, as the authors' script has them), constants by the Grain LFSR of "Poseidon" (eprint 2019/458, appendix E), M_I by sec. 5.3.
Width 4 has the diagonal that the authors' procedure draws after the constants. Widths 8 and 16 have small ones, for a product by a small
number is cheap: the first of increasing numbers whose last makes all powers M_I^1 .. M_I^(2t) have an irreducible characteristic polynomial.
"""
import math
import pathlib
import sys

P = 21888242871839275222246405745257275088548364400416034343698204186575808495617
BITS = 254
SECURITY = 128
ALPHA = 5
FILE = pathlib.Path(__file__).resolve().parent.parent / "host/hash/poseidon2_constants.cpp"


def enough(t, full, partial):
    log_alpha = math.log(2, ALPHA)
    log_p = math.log2(P)
    wanted = max(
        6 if SECURITY <= math.floor(log_p - (ALPHA - 1) / 2) * (t + 1) else 10,
        1 + math.ceil(log_alpha * min(SECURITY, BITS)) + math.ceil(math.log(t, ALPHA)) - partial,
        log_alpha * min(SECURITY, log_p) - partial,
        t - 1 + log_alpha * min(SECURITY / (t + 1), log_p / 2) - partial,
        (t - 2 + SECURITY / (2 * math.log2(ALPHA)) - partial) / (t - 1),
    )
    third = t // 3
    under = third * (full // 2) + partial + ALPHA
    over = (full - 1) * t + partial + third + under
    return full >= wanted and math.ceil(2 * math.log2(math.comb(over, under))) >= SECURITY


def num_rounds(t):
    """The fewest S-boxes, with the margin of two full rounds and 7.5 % of the partial ones."""
    found = []
    for partial in range(1, 200):
        for full in range(4, 40, 2):
            if enough(t, full, partial):
                with_margin = (full + 2, math.ceil(1.075 * partial))
                found.append((with_margin[0] * t + with_margin[1], *with_margin))
    return min(found)[1:]


def grain(t, full, partial):
    """Numbers of 254 bits; bits come in pairs, the first says whether the second counts."""
    state = [int(b) for b in f"{1:02b}{0:04b}{BITS:012b}{t:012b}{full:010b}{partial:010b}" + 30 * "1"]

    def step():
        bit = state[62] ^ state[51] ^ state[38] ^ state[23] ^ state[13] ^ state[0]
        state.pop(0)
        state.append(bit)
        return bit

    for _ in range(160):
        step()
    while True:
        number = bits = 0
        while bits < BITS:
            counts, bit = step(), step()
            if counts:
                number, bits = 2 * number + bit, bits + 1
        yield number


def internal_matrix(diagonal):
    t = len(diagonal)
    return [[(1 + (diagonal[i] if i == j else 0)) % P for j in range(t)] for i in range(t)]


def multiply(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) % P for column in columns] for row in a]


def characteristic(matrix):
    """Coefficients from the constant one up, by Faddeev and LeVerrier."""
    t = len(matrix)
    out = [1]
    m = [[0] * t for _ in range(t)]
    for k in range(1, t + 1):
        m = multiply(matrix, m)
        for i in range(t):
            m[i][i] += out[0]
        trace = sum(multiply(matrix, m)[i][i] for i in range(t))
        out.insert(0, -trace * pow(k, -1, P) % P)
    return out


def irreducible(f):
    """Rabin's test for a monic f whose degree is a power of two: f divides X^(P^t) - X, and shares nothing with X^(P^(t/2)) - X."""
    t = len(f) - 1

    def reduce(a):
        for i in range(len(a) - 1, t - 1, -1):
            factor = a[i] % P
            for j in range(t):
                a[i - t + j] -= factor * f[j]
        return [v % P for v in a[:t]]

    def product(a, b):
        out = [0] * (2 * t - 1)
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                out[i + j] += x * y
        return reduce(out)

    def power(a, exponent):
        out = a
        for bit in bin(exponent)[3:]:
            out = product(out, out)
            if bit == "1":
                out = product(out, a)
        return out

    def compose(a, b):
        out = [0] * t
        for v in reversed(a):
            out = product(out, b)
            out[0] = (out[0] + v) % P
        return out

    x = [0, 1] + [0] * (t - 2)
    frobenius = power(x, P)  # X^P; doubled: X^(P^2), X^(P^4), ..
    k = 1
    while 2 * k < t:
        frobenius = compose(frobenius, frobenius)
        k *= 2
    half = [(a - b) % P for a, b in zip(frobenius, x)]
    if compose(frobenius, frobenius) != x:
        return False
    a, b = f, half
    while any(b):
        while b and b[-1] == 0:
            b = b[:-1]
        scale = pow(b[-1], -1, P)
        a = list(a)
        while len(a) >= len(b):
            factor = a[-1] * scale % P
            for i in range(len(b)):
                a[len(a) - len(b) + i] = (a[len(a) - len(b) + i] - factor * b[i]) % P
            a.pop()
        a, b = b, a
    return len(a) == 1


def no_trails(diagonal):
    matrix = internal_matrix(diagonal)
    power = matrix
    for _ in range(2 * len(diagonal)):
        if not irreducible(characteristic(power)):
            return False
        power = multiply(power, matrix)
    return True


def small_diagonal(t):
    last = t
    while not no_trails([*range(1, t), last]):
        last += 1
    return [*range(1, t), last]


def instance(t):
    full, partial = num_rounds(t)
    numbers = grain(t, full, partial)
    constants = []
    while len(constants) < full * t + partial:
        number = next(numbers)
        if number < P:
            constants.append(number)
    if t == 4:  # the rest of the procedure: entries of M_I
        diagonal = [0] * t
        while not no_trails(diagonal):
            diagonal = [(next(numbers) - 1) % P for _ in range(t)]
    else:
        diagonal = small_diagonal(t)
    half = full // 2 * t
    return diagonal, constants[:half] + constants[half + partial :], constants[half : half + partial]


def array(name, values):
    out = f"constexpr U256 {name}[] = {{\n"
    for v in values:
        words = ", ".join(f"0x{v >> 64 * i & (1 << 64) - 1:016x}" for i in range(4))
        out += f"    {{{words}}},\n"
    return out + "};\n"


def array(name, values):
    out = f"constexpr U256 {name}[] = {{\n"
    for v in values:
        words = ", ".join(f"0x{v >> 64 * i & (1 << 64) - 1:016x}" for i in range(4))
        out += f"    {{{words}}},\n"
    return out + "};\n\n"


def text():
    out = "// Written by scripts/generate_poseidon2.py: constants in canonical form, lowest word first.\n"
    out += "#include \"host/hash/poseidon2_constants.hpp\"\n\nnamespace proofcard::hash::detail {\nnamespace {\n\n"
    out += "// clang-format off\n"
    table = ""
    for t in (4, 8, 16):
        diagonal, full, partial = instance(t)
        out += array(f"kDiagonal{t}", diagonal) + array(f"kFull{t}", full) + array(f"kPartial{t}", partial)
        table += f"{{{t}, kDiagonal{t}, kFull{t}, kPartial{t}}}, "
    out += "// clang-format on\n\n}  // namespace\n\n"
    out += "const std::array<Poseidon2Constants, 3> kPoseidon2Constants{\n"
    return out + f"    {{{table[:-2]}}}}};\n\n}}  // namespace proofcard::hash::detail\n"


if sys.argv[1:] == ["--check"]:
    if FILE.read_text() != text():
        sys.exit(f"{FILE}: expected what scripts/generate_poseidon2.py writes, found other text")
else:
    FILE.write_text(text())
