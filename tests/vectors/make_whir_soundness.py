#!/usr/bin/env python3
"""Makes whir_soundness.txt: parameters and security of openings (host/pcs/whir/parameters.hpp), worked out from
docs/hash-commitments.md with 60 digits.

Usage: tests/vectors/make_whir_soundness.py > tests/vectors/whir_soundness.txt

Lines: hash sha256|poseidon2     of all lines that follow
       case SECURITY LOG_SIZE ..
       input|round LOG_SIZE LOG_WIDTH LOG_INV_RATE MULTIPLICITY QUERIES    per word
       final LOG_SIZE
       hidden LOG2_LIST MASKED ..     of an opening that hides: vectors that hidden messages may stand for; 1 for each vector with a mask
       step BITS            per step, in the order of soundness(), for 2^20 claims
       total BITS
       size VALUES OPENINGS SECURITY LOG_SIZE TAIL_ROWS     of a vector that hides its values
"""
import math
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60
P = 21888242871839275222246405745257275088548364400416034343698204186575808495617
GRINDING = {"sha256": 16, "poseidon2": 12}
# Rows of Poseidon2 are low bits of drawn elements, 238 an element: how many times its share a value has at most. A row is counted like an
# element.
BIAS = {"sha256": Decimal(1), "poseidon2": 1 + Decimal(2) ** 238 / P}
FUNCTION = "sha256"
CLAIMS = 2**20


def bits(probability):
    return -Decimal(probability).ln() / Decimal(2).ln()


def decimal(fraction):
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


class Word:
    def __init__(self, log_size, log_width, rows):
        self.log_size, self.width, self.rows = log_size, 2**log_width, rows
        self.coefficients = 2**log_size // self.width
        self.rate = Fraction(self.coefficients, rows)
        self.m = None
        self.queries = None

    def agreement(self):
        return (1 + 1 / Decimal(2 * self.m)) * decimal(self.rate).sqrt()

    def list_size(self):
        # Vectors that agree with a word in a share a of rows, and with each other in fewer than K of n: at most
        # a / (a^2 - K / n). The bound in use is larger.
        a = self.agreement()
        exact = a / (a * a - decimal(self.rate))
        bound = (Decimal(self.m) + Decimal("0.5")) / decimal(self.rate).sqrt()
        assert exact <= bound
        return bound

    def bad_folds(self, m):
        rho = Fraction(self.coefficients - 1, self.rows)
        return (Decimal(m) + Decimal("0.5")) ** 7 * self.rows**2 / (3 * decimal(rho) * decimal(rho).sqrt())

    def fold_error(self, m, pairs):
        return pairs * self.bad_folds(m) / P

    def choose(self, security, words):
        self.m = 1024
        while self.m > 3 and self.fold_error(self.m, self.width // 2) > Decimal(2) ** -(security + 16):
            self.m = max(self.m // 2, 3)
        share = Decimal(2) ** -security / words * Decimal(2) ** Decimal("-0.02")
        self.queries = 0
        while self.query_error() > share:
            self.queries += 1

    def query_error(self):
        return (self.agreement() * BIAS[FUNCTION]) ** self.queries / 2 ** GRINDING[FUNCTION]


def word_of_vector(log_size):
    log_size = max(log_size, 5)
    if FUNCTION == "poseidon2":
        log_inv_rate = next(r for r, most in ((4, 20), (3, 21), (2, 23), (1, 99)) if log_size <= most)
    else:
        log_inv_rate = 3 if log_size <= 20 else 2 if log_size <= 23 else 1
    return Word(log_size, 4, 2 ** (log_size - 4 + log_inv_rate))


def opening(security, log_sizes, log2_list=0, masked=()):
    print("case", security, *log_sizes)
    inputs = [word_of_vector(m) for m in log_sizes]
    log_size = (sum(w.coefficients for w in inputs) - 1).bit_length()
    log_width, rows = 3, max(w.rows for w in inputs) // 4
    if FUNCTION == "poseidon2":
        log_width = 4
        rows = min(32 * 2**log_size // 16, 2**17)
    rounds = []
    while log_size > 7:
        rows = max(rows, 4 * 2 ** (log_size - log_width))
        rounds.append(Word(log_size, log_width, rows))
        rows //= 2
        log_size -= log_width
    for word in inputs + rounds:
        word.choose(security, len(inputs + rounds))
        print("input" if word in inputs else "round", word.log_size, word.width.bit_length() - 1,
              (word.rows // word.coefficients).bit_length() - 1, word.m, word.queries)
    print("final", log_size)
    if masked:
        print("hidden", log2_list, *masked)
    messages = Decimal(2) ** log2_list
    errors = []

    def add_word(word, constraints, messages=1, mask=False):
        size = word.list_size()
        errors.append(size * size / 2 * 2**word.log_size / P)
        errors.append(messages * size * constraints / P)
        pairs = word.width
        while pairs > 1:
            pairs //= 2
            errors.append(messages * 2 * size / P)
            errors.append(word.fold_error(word.m, pairs))
        if mask:
            # The masked sum: one value of rho for each of the list and each vector that hidden messages stand for. The mask's column is
            # folded as one pair.
            errors.append(messages * size / P)
            errors.append(word.fold_error(word.m, 1))
        errors.append(word.query_error())

    for i, word in enumerate(inputs):
        add_word(word, CLAIMS + len(inputs), messages, bool(masked and masked[i]))
    before = len(inputs)
    queried = sum(w.queries for w in inputs)
    for word in rounds:
        add_word(word, before + 1 + queried)
        before, queried = 1, word.queries
    for error in errors:
        print("step", round(bits(error), 9))
    total = bits(sum(errors))
    assert total >= security
    print("total", round(total, 9))


print("hash", FUNCTION)
for security, sizes in [(100, (0,)), (100, (5,)), (100, (12,)), (100, (16, 18)), (100, (18, 16)), (100, (20, 25)),
                        (100, (4, 9, 13, 13)), (128, (16, 18)), (128, (20, 25)), (80, (22,)), (100, (26,)),
                        (128, (27,)), (100, (20,) * 10)]:
    opening(security, sizes)
for security, sizes, log2_list, masked in [(101, (16, 18), 16, (1, 1)), (101, (18, 12), 16, (0, 1)), (129, (20, 25), 16, (1, 1)),
                                           (20, (8,), 10, (1,))]:
    opening(security, sizes, log2_list, masked)


def hidden_size(values, openings, security):
    """The smallest vector with place for the values and the tail: a row for each query that an opening of 278 words has, and two."""
    log_size = 5
    while True:
        word = word_of_vector(log_size)
        word.choose(security, 256 + 22)
        tail = word.queries * openings + 2
        if -(-values // word.width) + tail <= word.coefficients:
            return log_size, tail
        log_size += 1


for case in [(1, 1, 101), (52000, 1, 101), (61706, 257, 101), (200000, 257, 101), (262144, 65, 129), (2**20, 2, 101), (2**21, 1000, 101)]:
    print("size", *case, *hidden_size(*case))

FUNCTION = "poseidon2"
print("hash", FUNCTION)
for security, sizes in [(100, (0,)), (100, (7,)), (100, (12,)), (100, (16, 18)), (100, (20, 25)), (100, (4, 9, 13, 13)), (128, (16, 18)),
                        (100, (21, 22))]:
    opening(security, sizes)
opening(101, (16, 18), 16, (1, 1))
for case in [(1, 1, 101), (52000, 2, 101), (262144, 2, 101), (2**21, 2, 101)]:
    print("size", *case, *hidden_size(*case))
