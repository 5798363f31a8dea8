#!/usr/bin/env python3
"""Mutation testing of the checks that soundness rests on: make mutants. docs/testing.md says how to add one.

  mutants.py           every mutant of tests/mutants/*.txt; report in build/mutants/report.txt
  mutants.py --short   those of tests/mutants/short.txt
  mutants.py --only PATTERN ...   those whose id matches
  mutants.py --check   only that every line applies and every site of the sources has one

Exit codes: 0 every mutant is killed or listed as equivalent, 1 one survives (or a listed one is killed), 2 the table does
not fit the sources, or the tests fail without a mutant.
"""

import argparse
import os
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sites
import table as tables
from program import Programs

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "mutants"


def check(table):
    gaps = sites.missing(ROOT, table)
    for gap in gaps:
        print(gap, file=sys.stderr)
    return gaps


def baseline(programs, suites):
    """Seconds of each suite without a mutant; they must pass."""
    seconds = {}
    for suite in suites:
        start = time.monotonic()
        failed = programs.run(suite, 0, 900)
        if failed:
            raise tables.TableError(f"suite {suite.name} fails without a mutant: {failed}")
        seconds[suite.name] = time.monotonic() - start
    return seconds


def kill(programs, table, mutant, seconds):
    """What killed the mutant, or None. A suite that hangs is taken for one that fails."""
    for name in sorted(mutant.suites, key=lambda s: seconds[s]):
        failed = programs.run(table.suites[name], mutant.number, 20 + 10 * seconds[name])
        if failed:
            return f"{name}: {failed}"
    return None


def run(table, chosen, build, jobs, built):
    names = sorted({table.suites[s].program for m in chosen for s in m.suites})
    programs = Programs(ROOT, build, jobs)
    start = time.monotonic()
    if not built:
        programs.build_plain(names)
    programs.make(names, chosen, table)
    seconds = baseline(programs, [table.suites[s] for s in sorted({s for m in chosen for s in m.suites})])
    print(f"{len(chosen)} mutants in {len(names)} programs, built and tested without a mutant in "
          f"{time.monotonic() - start:.0f} s", flush=True)
    wrong = 0
    lines = []
    with ThreadPoolExecutor(jobs) as pool:
        for mutant, killer in zip(chosen, pool.map(lambda m: kill(programs, table, m, seconds), chosen)):
            state = f"killed   {killer}" if killer else "equivalent" if mutant.equivalent else "SURVIVED"
            if killer and mutant.equivalent:
                state = f"KILLED, but listed as equivalent: {killer}"
            lines.append(f"{mutant.name}  {state}")
            if state[0] != state[0].lower():
                wrong += 1
                print(lines[-1], flush=True)
    (programs.out / "report.txt").write_text("\n".join(lines) + "\n")
    shutil.rmtree(programs.out / "run", ignore_errors=True)
    killed = sum(1 for line in lines if "  killed " in line)
    print(f"{killed} of {len(chosen)} mutants killed, {len(chosen) - killed - wrong} listed as equivalent, {wrong} to look "
          f"at; {time.monotonic() - start:.0f} s", flush=True)
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", nargs="+", metavar="PATTERN")
    parser.add_argument("--suites", nargs="+", metavar="NAME", help="of each mutant's suites only these")
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--built", action="store_true", help="the test programs are up to date: do not build them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    try:
        table = tables.read(TABLE)
        gaps = check(table)
        if arguments.check:
            print(f"{len(table.mutants)} mutants apply; {len(gaps)} sites without one")
            return 2 if gaps else 0
        if gaps and not arguments.only:
            return 2
        patterns, suites = tables.read_short(TABLE) if arguments.short else (arguments.only or ["*"], arguments.suites)
        chosen = table.select(patterns)
        if suites:
            for mutant in chosen:
                mutant.suites = [s for s in mutant.suites if s in suites]
            chosen = [mutant for mutant in chosen if mutant.suites]
        if not chosen:
            raise tables.TableError(f"expected mutants that match {' '.join(patterns)}, found none")
        return run(table, chosen, arguments.build.resolve(), arguments.jobs, arguments.built)
    except (tables.TableError, RuntimeError) as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
