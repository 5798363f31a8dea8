#!/usr/bin/env python3
"""Line coverage of rtl/: builds the RTL tests with Verilator's line counters, runs them, and prints a table of the files.

A line counts when Verilator puts a counter on it (procedural code; continuous assignments have none). It is covered when every
counter that starts on it or runs through it was hit in some instance of some test, so that both sides of an `if` are asked for.
rtl/coverage_waivers.txt lists what cannot or need not be reached, one "file | text of the line | reason" a line.

Exit: 0 when all lines are covered or waived; 1 when some are not, or a waiver matches nothing; 2 when building or a test fails.
"""
import argparse
import collections
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
WAIVERS = ROOT / "rtl" / "coverage_waivers.txt"
# The small configurations; those of u55c run the same lines. The structural adder's tests are left out: with counters they take
# very long to compile.
TESTS = ("common fq_mul park_pair digits bucket_unit msm_core axi top kernel gl_mul fr_mul hadamard ntt_core_gl "
         "ntt_core_fr ntt_kernel_gl ntt_kernel_fr").split()

Counter = collections.namedtuple("Counter", "line column comment lines")


def lines_of(text):
    """"3,5-7" as [3, 5, 6, 7]."""
    result = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        result.extend(range(int(first), int(last or first) + 1))
    return result


def read_counters(folder):
    """{file: {Counter: hits}}, summed over instances and tests. A record is C '\\1key\\2value...' hits."""
    files = collections.defaultdict(lambda: collections.defaultdict(int))
    for path in sorted(pathlib.Path(folder).glob("*.dat")):
        for record in path.read_text().splitlines():
            if not record.startswith("C '"):
                continue
            keys, _, hits = record[3:].rpartition("' ")
            fields = dict(item.split("\2", 1) for item in keys.split("\1") if "\2" in item)
            file = pathlib.Path(fields["f"]).resolve()
            if not file.is_relative_to(ROOT / "rtl"):
                continue
            line = int(fields["l"])
            lines = tuple(sorted({line, *lines_of(fields.get("S", ""))}))
            counter = Counter(line, int(fields["n"]), fields["o"], lines)
            files[file.relative_to(ROOT / "rtl").as_posix()][counter] += int(hits)
    return files


def read_waivers():
    """[[file, text, reason, used]]"""
    waivers = []
    for number, line in enumerate(WAIVERS.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split(" | ")
        if len(parts) != 3:
            sys.exit(f"{WAIVERS.name}:{number}: expected file | text | reason, found {line!r}")
        waivers.append([*(part.strip() for part in parts), False])
    return waivers


def run(arguments):
    build = pathlib.Path(arguments.build).resolve()
    quiet = {"stdout": subprocess.DEVNULL} if not arguments.verbose else {}
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if arguments.ccache else []
    commands = [["cmake", "-S", str(ROOT), "-B", str(build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                 "-DPROOFCARD_RTL=ON", "-DPROOFCARD_RTL_COVERAGE=ON", *launcher],
                ["cmake", "--build", str(build), "--parallel", str(arguments.jobs), "--target",
                 *(f"test_rtl_{test}" for test in arguments.tests)]]
    for command in commands:
        if subprocess.run(command, check=False, **quiet).returncode != 0:
            sys.exit(2)
    with tempfile.TemporaryDirectory() as folder:
        for test in arguments.tests:
            done = subprocess.run([str(build / "bin" / f"test_rtl_{test}")], check=False, text=True, stderr=subprocess.STDOUT,
                                  stdout=subprocess.PIPE, env={**os.environ, "PROOFCARD_RTL_COVERAGE_DIR": folder})
            if done.returncode != 0:
                print(done.stdout, f"test_rtl_{test} failed", file=sys.stderr)
                sys.exit(2)
        return read_counters(folder)


def report(files, waivers):
    """Prints the table and what is missed; returns the number of lines neither covered nor waived."""
    totals = [0, 0, 0]
    missed = []
    print(f"{'file':36}{'covered':>9}{'waived':>8}{'lines':>7}")
    for file in sorted(files):
        source = (ROOT / "rtl" / file).read_text().splitlines()
        why = {}
        lines = set()
        for counter, hits in files[file].items():
            lines.update(counter.lines)
            if hits == 0:
                for line in counter.lines:
                    why.setdefault(line, counter)
        waived = 0
        for line, counter in sorted(why.items()):
            # A waiver of the line where a block begins is one of the block.
            texts = (source[line - 1], source[counter.line - 1])
            waiver = next((w for w in waivers if w[0] == file and any(w[1] in text for text in texts)), None)
            if waiver:
                waiver[3] = True
                waived += 1
            else:
                missed.append(f"  {file}:{line}: {counter.comment} at {counter.line}:{counter.column} never runs: "
                              f"{source[line - 1].strip()}")
        counts = (len(lines) - len(why), waived, len(lines))
        totals = [a + b for a, b in zip(totals, counts)]
        print(f"{file:36}{counts[0]:>9}{counts[1]:>8}{counts[2]:>7}")
    reachable = totals[2] - totals[1]
    print(f"{'all':36}{totals[0]:>9}{totals[1]:>8}{totals[2]:>7}   {100 * totals[0] / reachable:.1f} % of {reachable} reachable")
    none = [path.relative_to(ROOT / "rtl").as_posix() for path in sorted((ROOT / "rtl").glob("*/*.sv"))]
    print("without counters (no procedural lines, or not built by these tests):", *(f for f in none if f not in files))
    if missed:
        print("not covered:", *missed, sep="\n")
    return len(missed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=str(ROOT / "build" / "rtl-coverage"), help="build folder")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--ccache", action="store_true", help="compile through ccache")
    parser.add_argument("--verbose", action="store_true", help="show the build")
    parser.add_argument("--data", help="report on the files of an earlier run in this folder; build and run nothing")
    parser.add_argument("--tests", nargs="+", default=TESTS, metavar="NAME", help="only test_rtl_NAME...")
    arguments = parser.parse_args()
    waivers = read_waivers()
    files = read_counters(arguments.data) if arguments.data else run(arguments)
    if not files:
        sys.exit("no counters were written")
    failures = report(files, waivers)
    if not arguments.data and arguments.tests == TESTS:
        for file, text, _, used in waivers:
            if not used:
                print(f"waiver matches nothing that is missed: {file} | {text}", file=sys.stderr)
                failures += 1
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
