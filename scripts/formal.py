#!/usr/bin/env python3
"""Proves properties of RTL blocks with Yosys and ABC: rtl/verify/formal has them, rtl/verify the rules of buses.

  formal.py [PROOF ...]             all proofs, or those named
  formal.py --quick                 those that take seconds
  formal.py --mutants [ID ...]      breaks the RTL as tests/rtl_formal/mutants.txt says: the named proof must fail

A proof is unbounded (property-directed reachability: the engine finds an inductive invariant and checks it) or, where a depth
is given, holds for so many cycles after reset (bounded model checking). Registers and memories without an initial value are
arbitrary at first. Assertions of the modules themselves are proved too. Exit: 0 when all is as it should be.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts/mutation"))
import table  # noqa: E402
MUTANTS = ROOT / "tests/rtl_formal/mutants.txt"

# top: a module of rtl/verify/formal; depth: None for unbounded; quick: in every CI run; free: cells whose outputs are taken as
# arbitrary, so that less is proved with less.
Proof = collections.namedtuple("Proof", "top parameters depth quick free", defaults=(None,))
PROOFS = {
    "fifo": Proof("pc_fifo_proof", {}, None, True),
    "fifo_2": Proof("pc_fifo_proof", {"Depth": 2}, None, True),
    "axi_split": Proof("pc_axi_split_proof", {}, None, True),
    "axi_read": Proof("pc_axi_read_proof", {"BurstBeats": 2, "FifoDepth": 4}, None, True),
    "axi_write": Proof("pc_axi_write_proof", {"BurstBeats": 2, "MaxBursts": 2}, None, True),
    "registers": Proof("pc_registers_proof", {}, None, True, "t:$mem_v2"),
    "park_pair": Proof("pc_park_pair_proof", {}, 25, False),
    "wide_add": Proof("pc_wide_add_proof", {"Width": 300}, 5, True),
    "wide_add_carry": Proof("pc_wide_add_proof", {"CarryIn": "1'b1"}, 5, True),
    "job_order": Proof("pc_job_order_proof", {}, None, True),
    "job_order_kept": Proof("pc_job_order_proof", {"KeepCore": "1'b1"}, None, True),
}


# Cycles in which a mutant's violation is looked for; where it shows in the second job only, more.
SEARCH = {"job_order": 48, "job_order_kept": 48}


def without_actions(text):
    """Yosys knows no action of an assertion."""
    return re.sub(r"(\s*)else\s+\$error\((?:[^()\"]|\"[^\"]*\"|\((?:[^()]|\([^()]*\))*\))*\)", r"\1", text)


def sources():
    """{module or header: text} of all of rtl/."""
    return {path.name: path.read_text() for pattern in ("**/*.sv", "**/*.svh") for path in ROOT.glob(f"rtl/{pattern}")}


def needed(top, texts):
    """The packages, and the modules that a top has in it."""
    found, todo = set(), [top]
    while todo:
        name = f"{todo.pop()}.sv"
        if name in texts and name not in found and not name.endswith("_pkg.sv"):
            found.add(name)
            todo += re.findall(r"\bpc_\w+\b", texts[name])
    return sorted(name for name in texts if name.endswith("_pkg.sv")) + sorted(found)


def run(command, folder, seconds=None):
    return subprocess.run(command, cwd=folder, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=seconds)


def elaborate(proof, texts, folder, target):
    """A model of the proof in its folder; target: what Yosys does at the end."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = needed(proof.top, texts)
    for name in [*names, *(header for header in texts if header.endswith(".svh"))]:
        (folder / name).write_text(without_actions(texts[name]))
    parameters = "".join(f" -chparam {key} {value}" for key, value in proof.parameters.items())
    files = " ".join(names)
    free = f"cutpoint {proof.free}; " if proof.free else ""
    done = run(["yosys", "-q", "-p", f"read_verilog -sv -formal -defer {files}; hierarchy -check -top {proof.top}{parameters}; "
                f"prep -flatten -top {proof.top}; {free}setundef -anyseq; memory_map; opt -full; dffunmap; setundef -anyseq; {target}"],
               folder)
    if done.returncode != 0:
        raise RuntimeError(f"yosys: {done.stdout[-2000:]}")


def prove(name, texts, folder, search=False):
    """None when the proof holds, else what the engine said; search: violations are looked for in so many cycles, nothing is proved."""
    proof = PROOFS[name]
    depth = SEARCH.get(name, 24) if search else proof.depth
    elaborate(proof, texts, folder, "write_rtlil model.il; techmap; opt -fast; dffunmap; abc -g AND -fast; setundef -anyseq; "
              "opt_clean; write_aiger -B -zinit model.aig")
    engine = f"bmc3 -F {depth + 1} -T 300" if depth else "pdr"
    done = run(["yosys-abc", "-c", f"read_aiger model.aig; fold; strash; scorr; orpos; {engine}"], folder)
    proved = f"No output asserted in {depth + 1} frames" if depth else "Property proved"
    if done.returncode == 0 and proved in done.stdout:
        return None
    found = re.search(r"asserted in frame (\d+)", done.stdout)
    return f"violated after {found[1]} cycles: {violated(folder, depth or 24)}" if found else f"no proof: {done.stdout[-500:]}"


def violated(folder, depth):
    """The assertions that fail soon, by file and line."""
    done = run(["yosys-abc", "-c", f"read_aiger model.aig; fold; strash; bmc3 -a -F {depth + 1} -T 10"], folder)
    asserts = re.findall(r"cell \$assert \S*\$assert\$(\S+?):(\d+)", (folder / "model.il").read_text())
    return ", ".join(":".join(asserts[int(n)]) for n in re.findall(r"Output\s+(\d+) was asserted", done.stdout)) or "?"


def mutants():
    """[(id, proof, edit)] of the table."""
    result, file = [], None
    for number, line in enumerate(MUTANTS.read_text().splitlines(), 1):
        where = f"{MUTANTS.relative_to(ROOT)}:{number}"
        if not line or line.startswith("#"):
            continue
        if line.startswith("file "):
            file = line.split()[1]
            continue
        fields = line.split(" | ", 2)
        edit = fields[-1].rsplit(" |", 1)  # the text may have bars
        if len(fields) != 3 or len(edit) != 2 or file is None or fields[1] not in PROOFS:
            raise table.TableError(f"{where}: expected id | proof | text | replacement, found {line}")
        result.append((fields[0], fields[1], table.Edit(file, edit[0].strip(), edit[1].strip(), where)))
    return result


def killed(mutant, work):
    """What the proof says of RTL with the mutant, None where it still holds."""
    name, proof, edit = mutant
    texts = sources()
    file = pathlib.Path(edit.file).name
    _, (begin, end) = edit.find(texts[file])
    texts[file] = texts[file][:begin] + edit.replacement + texts[file][end:]
    return prove(proof, texts, work / "mutants" / name, search=True)


def break_all(work, names):
    """Returns how many mutants no proof finds."""
    chosen = [mutant for mutant in mutants() if not names or mutant[0] in names]
    survivors = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, proof, _), failure in zip(chosen, pool.map(lambda mutant: killed(mutant, work), chosen)):
            found = failure is not None and failure.startswith("violated")
            survivors += not found
            print(f"formal: {name}: {f'{proof} {failure}' if found else f'SURVIVES {proof}: {failure}'}", flush=True)
    print(f"formal: {len(chosen)} mutants, {survivors} that survive")
    return survivors


def report(work, names):
    failures = 0

    def one(name):
        start = time.monotonic()
        return prove(name, sources(), work / name), time.monotonic() - start

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, (failure, seconds) in zip(names, pool.map(one, names)):
            depth = PROOFS[name].depth
            kind = f"{depth} cycles" if depth else "unbounded"
            print(f"formal: {name}: {failure or f'holds, {kind}'} ({seconds:.0f} s)", flush=True)
            failures += failure is not None
    print(f"formal: {len(names)} proofs, {failures} without success")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="PROOF")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/formal")
    parser.add_argument("--mutants", action="store_true")
    options = parser.parse_args()
    work = options.work.resolve()
    if options.mutants:
        sys.exit(1 if break_all(work, options.names) else 0)
    unknown = set(options.names) - set(PROOFS)
    if unknown:
        sys.exit(f"formal.py: PROOF: expected one of {' '.join(PROOFS)}, found {' '.join(sorted(unknown))}")
    names = options.names or [name for name, proof in PROOFS.items() if proof.quick or not options.quick]
    sys.exit(1 if report(work, names) else 0)


if __name__ == "__main__":
    main()
