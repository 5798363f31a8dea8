#!/usr/bin/env python3
"""docs/rtl/maturity.md: what was done to each module of rtl/ to find its faults, read from the tests, proofs and scripts themselves.

  rtl_maturity.py            writes the page
  rtl_maturity.py --check    exit 1 when it says something else
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import formal  # noqa: E402
import synth  # noqa: E402

PAGE = ROOT / "docs/rtl/maturity.md"
HEAD = """# How mature each block is

Made by `scripts/rtl_maturity.py` from the tests, proofs and lists themselves; a test compares. What runs them: [testing.md](../testing.md).

- *linted*: slang, Verilator with `-Wall` and Verible, with and without `SYNTHESIS` (`make lint-rtl`); the kernels also by FuseSoC's and Bender's lists. That is all modules.
- *simulated in*: the smallest test in which the module is, all with random values at power-up where it is a whole kernel (`ctest -R '^rtl'`, cocotb's benches, kernels of the emulated card); behind it in how many others.
- *proved*: `make formal`. *For ever* is unbounded; a number is a depth in cycles. *Inside*: only what the module asserts itself, and what its block shows.
- *mutants*: how many of `tests/rtl_formal/mutants.txt` change it; each is killed by a proof.
- *mapped*: units of `scripts/synth.py` with it as their top (Yosys; depth and resources checked), else the smallest that it is *in*. Empty: never mapped, as the models of C++ and the behavioural adder are not, nor whole NTT kernels.
- *placed*, *on a card*: no, for all. No tool of a vendor ran on any of this.

"""


def modules():
    return {path.stem: path for path in sorted(ROOT.glob("rtl/*/*.sv"))
            if path.parent.name not in ("pkg", "verify")}


def reach(top, texts):
    """{module: how many instances lie between} of all that a top has in it."""
    distance, todo = {top: 0}, [top]
    while todo:
        name = todo.pop(0)
        for other in re.findall(r"\b\w+\b", texts.get(name, "")):
            if other in texts and other not in distance:
                distance[other] = distance[name] + 1
                todo.append(other)
    return distance


def without_comments(path):
    return re.sub(r"//[^\n]*", "", path.read_text())


def tests():
    """{test: top}, of GoogleTest and cocotb."""
    found = {}
    for path in sorted(ROOT.glob("tests/rtl*/CMakeLists.txt")):
        for name, top in re.findall(r"proofcard_verilated_test\((\S+) TOP (\w+)", path.read_text()):
            found.setdefault("rtl." + name.replace("${name}", {"ntt_core_bench": "ntt_core", "pc_ntt_kernel": "ntt_kernel"}.get(top, name)), top)
    # The emulated card.
    for name, top in re.findall(r"proofcard_verilated_kernel\((\S+) TOP (\w+)", (ROOT / "sim/CMakeLists.txt").read_text()):
        found[f"hw_emu, {name}"] = top
    for path in sorted(ROOT.glob("tests/cocotb/*_test.py")):
        found["cocotb " + path.stem[:-len("_test")]] = path.stem[:-len("_test")]
    return found


def proofs(texts):
    """{module: [(proof, depth, it is the proof's subject)]}."""
    found = {}
    for name, proof in formal.PROOFS.items():
        for module, far in reach(proof.top, texts).items():
            if module.startswith("pc_") and far > 0:
                found.setdefault(module, []).append((name, proof.depth, far == 1))
    return found


def mutants():
    found, module = {}, None
    for line in formal.MUTANTS.read_text().splitlines():
        if line.startswith("file "):
            module = pathlib.Path(line.split()[1]).stem
        elif line.strip() and not line.startswith("#"):
            found[module] = found.get(module, 0) + 1
    return found


def page():
    texts = {path.stem: without_comments(path) for pattern in ("rtl/*/*.sv", "rtl/verify/formal/*.sv", "tests/rtl*/*.sv")
             for path in ROOT.glob(pattern) if path.parent.name != "pkg"}
    inside = {test: reach(top, texts) for test, top in tests().items()}
    proved, killed = proofs(texts), mutants()
    units, around = {}, {}
    for name, unit in {**synth.UNITS, **synth.SLOW, **synth.KERNELS}.items():
        units.setdefault(unit[0], []).append(name)
        known = reach(unit[0], {top: text for top, text in texts.items() if top not in synth.BLACK_BOXES.get(name, [])})
        for module in known:
            around.setdefault(module, []).append((len(known), name))
    lines = ["| module | simulated in | proved | mutants | mapped |", "| --- | --- | --- | --- | --- |"]
    for module in modules():
        having = sorted((len(known), test) for test, known in inside.items() if module in known)
        if not having:
            sys.exit(f"{module}: expected a test that has it, found none")
        simulated = f"`{having[0][1]}`" + (f" + {len(having) - 1}" if len(having) > 1 else "")
        shown = ", ".join(f"`{name}` {'for ever' if depth is None else depth}" for name, depth, subject in proved.get(module, []) if subject)
        if not shown and module in proved:
            shown = "inside " + ", ".join(f"`{name}`" for name, _, _ in proved[module])
        mapped = ", ".join(f"`{name}`" for name in units.get(module, []))
        if not mapped and module in around and not module.endswith("_behavioural"):
            mapped = f"in `{min(around[module])[1]}`"
        lines.append(f"| `{module}` | {simulated} | {shown} | {killed.get(module, '')} | {mapped} |")
    return HEAD + "\n".join(lines) + "\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    if not sys.argv[1:]:
        PAGE.write_text(page())
    elif not PAGE.exists() or PAGE.read_text() != page():
        sys.exit("docs/rtl/maturity.md: expected what scripts/rtl_maturity.py writes, found something else; run it")


if __name__ == "__main__":
    main()
