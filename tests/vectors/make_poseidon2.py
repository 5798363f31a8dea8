#!/usr/bin/env python3
"""Makes poseidon2.txt: what the permutations and compressions of host/hash/poseidon2.hpp give, from the paper alone (eprint 2023/323).

Usage: tests/vectors/make_poseidon2.py > tests/vectors/poseidon2.txt

Whole matrices, pow(), and a generator of constants of its own that keeps its 80 bits in one number; no code is shared with
scripts/generate_poseidon2.py. Numbers are decimal.

Lines: permute T IN.. OUT..     the instances in use
       compress T N IN.. OUT    N elements, zeros behind
       row N IN.. OUT          a leaf of N elements
       pair A B TAG OUT
       bytes N OUT..           the sponge, begun with the name "test", that took the N bytes 7 i mod 256 and element 5; its next 2
       sponge OPERATIONS OUT.. the sponge with tag 77: "a" takes the next of 100, 101, .., "s" gives one
       nonce BITS SEED NONCE   the smallest
       authors T DIAGONAL.. IN.. OUT..
                                the authors' instance: the same constants, and the diagonal that their procedure draws behind them,
                                taken from TACEO's crate taceo-poseidon2 0.3.1 (t = 8, 16), whose tests have these outputs for 0, 1, ..;
                                of t = 4 outputs of HorizenLabs' own tests (github.com/HorizenLabs/poseidon2, poseidon2.rs)
"""
P = 21888242871839275222246405745257275088548364400416034343698204186575808495617
PARTIAL = {4: 56, 8: 57, 16: 57}
M4 = [[5, 7, 1, 3], [4, 6, 1, 1], [1, 3, 5, 7], [1, 1, 4, 6]]
IN_USE = {
    4: [
        0x10DC6E9C006EA38B04B1E03B4BD9490C0D03F98929CA1D7FB56821FD19D3B6E7,
        0x0C28145B6A44DF3E0149B3D0A30B3BB599DF9756D4DD9B84A86B38CFB45A740B,
        0x00544B8338791518B2C7645A50392798B21F75BB60E3596170067D00141CAC15,
        0x222C01175718386F2E2E82EB122789E352E105A3B8FA852613BC534433EE428B,
    ],
    8: [1, 2, 3, 4, 5, 6, 7, 19],
    16: [*range(1, 16), 33],
}
AUTHORS = {
    4: (
        [
            7626475329478847982857743246276194948757851985510858890691733676098590062311,
            5498568565063849786384470689962419967523752476452646391422913716315471115275,
            148936322117705719734052984176402258788283488576388928671173547788498414613,
            15456385653678559339152734484033356164266089951521103188900320352052358038155,
        ],
        [
            786823568102245344938517132468097745676732687098822989626730198331658606391,
            16105493617470833344375945651585194737369509580406730765188791202038211593826,
            2169165722086073256768101917994796590773204847633762971322389403847680713675,
            20837792685223053096472825292260687493226094382304778455120670180090619921530,
        ],
    ),
    8: (
        [
            2600766909924179814780409961696866414079699656430070499803459729017893381997,
            19293363242678774625215171492393209093707286181479006293654394057747218353607,
            21414786808156610356356451480905960406647514095406216853368573063004475600640,
            8215135898581116354906741804378477022438799156627805573019887031189487620936,
            9165814748476180913577766403125055556952884368727238651703828504915350029819,
            15078459252378813527385228808553999657222567675360137586804698725603240352055,
            5648186893216350474836221186116590993767413676065426352255299742021094533501,
            20725344080263893594397636575905698660034655258256134536883719628954264697683,
        ],
        [
            13163567864211573827878829467860137302577760599598440387954761704438999762399,
            20455256474176316209572707628365862887207812418465031548192789068192434065861,
            21622031586696647398529562584873094656572287904668581566093346191656615936784,
            18320622048765136384409419776996464874987888500923344182439589703061890523284,
            19915468795157938233689963601267136400922725821760118753901600546477081024243,
            12383970660639123649548441396659012498414420037083153473614822644813849243474,
            9133088157465982496917058916696585316057943251337470087079495488316110895778,
            5020935059501715015422969097649999023750915432550677386523662686145648636517,
        ],
    ),
    16: (
        [
            17461193844262917474612567088085379324070839178292191635138288935422708377828,
            21859865839500437219873506368375028700019600636763215072666856541906543517155,
            657423723627838280600552843980047801156792992383720162490137927443885612996,
            4383574857146254102944849053572243602318130259364473141054769892928366288559,
            4060049738818362047267783133421285283396394283272641255248048461899364096816,
            1097522376332776657450197550510817164732149730578229950883722357676902861797,
            2859229055172632682779984022983091764498366668197988082143656875803883174523,
            6074908483484229588775486085061773117385672130594504743359451546141727507067,
            18246815599891931580701642317181269473420563854970570877487418890330745668930,
            4361519230209174448715665673623724346451293723330354062489882224134574460356,
            3023550544580252745597147163280021880863917472236114869344697370782369208653,
            7031107306850044034395147926836834636674631926419901252619137352194764647125,
            18682189254209480818449101675484477296377256404388988267200354353114555926298,
            2607823530498270271018957347914030000709287811524557189468801560580746567737,
            17548321789729059645626426125399684237518653561749684204351298200880324597729,
            12496388740790921252273145551080917351839384075472621179672177841761393688014,
        ],
        [
            7129053404014098913941583447102076532611276040718594073862066403012892177215,
            5458683216916715697310099658604278457911373519210593239261146303695981710820,
            11764907654416682971926471140388165312909351793032868507449176373009888376893,
            17363012907147515824232626923071954964539976031233523938322583063167173991942,
            16754602647566413012759386310550362661092317428428132757066277153406453157400,
            10442131742273378767812305849732860137449534508695657144865044457198204305243,
            13315916208806700309353847107954103794241355430909228633658159683794835480566,
            14675611827802190925530581036356245293764500457751312643178429199155385431971,
            3800671750689110886099899395588427301982955036566905831860793275457528754896,
            863058427093450397617252284543198432424871511785791089866952153042503171268,
            16110421480974327191214802248220528120081914075253666769021797524181818259452,
            3050248777345249982082587219460801555485024010345812479213241978893548171998,
            8005144369031495385854140476761376792991595443174132540148616210767138457404,
            193712991007063517677674367979478243863141973963118958643316643360558925992,
            6765341258738133397733055933640609905610288576122407133007925535267189590216,
            6411743912316957490668095751870764077217660758836562678571866082387292213586,
        ],
    ),
}


def constants(t):
    """Full rounds and partial rounds. Bit 0 of the register is the next to leave."""
    text = "01" + "0000" + format(254, "012b") + format(t, "012b") + format(8, "010b") + format(PARTIAL[t], "010b") + "1" * 30
    register = int(text[::-1], 2)

    def bit():
        nonlocal register
        new = 0
        for tap in (0, 13, 23, 38, 51, 62):
            new ^= register >> tap & 1
        register = register >> 1 | new << 79
        return new

    for _ in range(160):
        bit()
    found = []
    while len(found) < 8 * t + PARTIAL[t]:
        digits = ""
        while len(digits) < 254:
            if bit() == 1:
                digits += str(bit())
            else:
                bit()
        if int(digits, 2) < P:
            found.append(int(digits, 2))
    rounds = []
    at = 0
    for r in range(8 + PARTIAL[t]):
        is_full = r < 4 or r >= 4 + PARTIAL[t]
        rounds.append(found[at : at + (t if is_full else 1)])
        at += t if is_full else 1
    return rounds


def permute(t, diagonal, state):
    external = [[M4[i % 4][j % 4] * (2 if t > 4 and i // 4 == j // 4 else 1) for j in range(t)] for i in range(t)]
    internal = [[1 + diagonal[i] if i == j else 1 for j in range(t)] for i in range(t)]

    def times(matrix):
        return [sum(m * s for m, s in zip(row, state)) % P for row in matrix]

    state = times(external)
    for added in ROUNDS[t]:
        for i, c in enumerate(added):
            state[i] = pow(state[i] + c, 5, P)
        state = times(external if len(added) == t else internal)
    return state


ROUNDS = {t: constants(t) for t in PARTIAL}
for t in PARTIAL:
    for state in (list(range(t)), [P - 1] * t, [pow(5, 1000 + i, P) for i in range(t)]):
        print("permute", t, *state, *permute(t, IN_USE[t], state))
    for n in sorted({1, t // 2, t - 1, t}):
        state = [pow(7, 1000 + i, P) for i in range(n)] + [0] * (t - n)
        print("compress", t, n, *state[:n], (permute(t, IN_USE[t], state)[0] + state[0]) % P)
    diagonal, expected = AUTHORS[t]
    assert permute(t, diagonal, list(range(t))) == expected
    print("authors", t, *diagonal, *range(t), *expected)


def compress(t, state):
    state = state + [0] * (t - len(state))
    return (permute(t, IN_USE[t], state)[0] + state[0]) % P


for n in (1, 7, 8, 9, 16, 17, 31, 32, 47):
    row = [pow(5, 1000 + i, P) for i in range(n)]
    rest = row[16:]
    digest = compress(8 if n <= 8 else 16, row[:16])
    while rest:
        digest, rest = compress(16, [digest] + rest[:15]), rest[15:]
    print("row", n, *row, digest)


def pair(a, b, tag):
    return permute(4, IN_USE[4], [a, b, tag, 0])[0]


for a, b, tag in ((0, 0, 1), (P - 1, 2**64 - 1, 1), (12345, 16, 2)):
    print("pair", a, b, tag, pair(a, b, tag))


def sponge(tag, operations, numbers):
    """In words of blocks: what came in since the last output, three at a time, is added and permuted."""
    state, taken, left, out = [0, 0, 0, tag], [], [], []
    for operation in operations:
        if operation == "a":
            taken.append(next(numbers))
            left = []
            continue
        if not left:
            for at in range(0, max(len(taken), 1), 3):
                block = (taken[at : at + 3] + [0, 0, 0])[:3] + [0]
                state = permute(4, IN_USE[4], [(s + b) % P for s, b in zip(state, block)])
            taken, left = [], state[:3]
        out.append(left.pop(0))
    return out


for operations in ("s", "sssss", "as", "aas", "aaas", "aaaas", "aaaaaaas", "assas", "aassssaaaassas", "sasassaaaaaasaas"):
    print("sponge", operations, *sponge(77, operations, iter(range(100, 200))))
tag = int.from_bytes(b"test", "little")
for n in (0, 1, 31, 32, 62, 63):
    data = bytes(7 * i % 256 for i in range(n))
    elements = [n] + [int.from_bytes(data[at : at + 31], "little") for at in range(0, n, 31)] + [5]
    print("bytes", n, *sponge(tag, "a" * len(elements) + "ss", iter(elements)))
for bits, seed in ((0, 3), (1, 3), (5, P - 1), (8, 99)):
    nonce = 0
    while pair(seed, nonce, 1) % 2**bits:
        nonce += 1
    print("nonce", bits, seed, nonce)
