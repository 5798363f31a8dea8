#!/usr/bin/env python3
"""Random ONNX graphs: what the tool makes of them, compared with onnxruntime.

    fuzz_graphs.py PROOFCARD [--seeds 0:400] [--jobs 2] [--prove-every 6] [--keep FOLDER] [--seconds S]

A seed is a graph: one to eight nodes, one to three inputs, scales over ten orders of magnitude, odd shapes, values that
are read several times, shared weights (node_kinds.py and its like). judge.py says what is allowed of it: right, refused by
name, or warned of in words. Of every failure the seed, what happened and the smallest part of the graph that fails are
printed; --keep has the models as files. Exit code 1 when there are failures, or when so few graphs are right that the
test would say nothing. Needs examples/requirements.txt. The same seed is the same graph with the same packages.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import sys
import tempfile
import time
import traceback

import random_graph
from judge import Program, judge, write_samples
from minimise import describe, minimise

LEAST_RIGHT = 0.6  # of the plans of all graphs


def proof_of(seed, every):
    if not every or seed % every:
        return None
    n = seed // every
    return ("8" if n % 3 else "16", "private" if n % 2 else "public")


def check_seed(program, seed, every, keep, small):
    graph = random_graph.make(seed)
    if graph is None:
        return seed, [], []
    proof = proof_of(seed, every)
    with tempfile.TemporaryDirectory() as folder:
        verdicts = judge(program, graph, folder, proof=proof)
    reports = []
    for failure in [v for v in verdicts if v.failed][:1]:
        least = minimise(program, graph, failure, proof) if small else graph
        with tempfile.TemporaryDirectory() as folder:
            again = judge(program, least, folder, (failure.plan,), proof)
        text = next((v.text for v in again if v.kind == failure.kind), failure.text)
        reports.append(f"seed {seed}, plan {failure.plan}: {failure.kind}: {text}\n{describe(least)}")
        if keep:
            folder = pathlib.Path(keep) / str(seed)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "model.onnx").write_bytes(least.model().SerializeToString())
            write_samples(folder / "samples.json", least.inputs(), least.maker.samples)
    return seed, [(v.plan, v.kind, v.text) for v in verdicts], reports


def guarded(*arguments):
    try:
        return check_seed(*arguments)
    except Exception:  # noqa: BLE001  a defect of the fuzzer is a failure of the test, with its seed
        return arguments[1], [], [f"seed {arguments[1]}: {traceback.format_exc()}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="PROOFCARD")
    parser.add_argument("--seeds", default="0:400", metavar="FROM:TO")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--prove-every", type=int, default=6, metavar="N", help="of one graph of N: does inspect agree, and a proof; 0: none")
    parser.add_argument("--keep", metavar="FOLDER", help="write the smallest failing models there")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no other graph after that")
    parser.add_argument("--memory", type=int, default=4, metavar="GB", help="of one command; 0, for sanitizers: any")
    parser.add_argument("--whole", action="store_true", help="report failing graphs as they are")
    parser.add_argument("--refusals", action="store_true", help="list why graphs were refused")
    arguments = parser.parse_args()
    program = Program(str(pathlib.Path(arguments.program).resolve()), bytes=arguments.memory << 30)
    first, last = map(int, arguments.seeds.split(":"))

    counts, refusals, failures, graphs = collections.Counter(), collections.Counter(), 0, 0
    start = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        seeds = iter(range(first, last))
        running = set()
        while True:
            while len(running) < 2 * arguments.jobs and time.monotonic() - start < arguments.seconds:
                seed = next(seeds, None)
                if seed is None:
                    break
                running.add(pool.submit(guarded, program, seed, arguments.prove_every, arguments.keep, not arguments.whole))
            if not running:
                break
            done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                _, verdicts, reports = future.result()
                graphs += bool(verdicts)
                counts.update(kind for _, kind, _ in verdicts)
                refusals.update(text.splitlines()[0] for _, kind, text in verdicts if kind == "refused")
                failures += len(reports)
                for report in reports:
                    print(report, flush=True)
    if arguments.refusals:
        for text, n in refusals.most_common():
            print(f"{n} x {text}")
    print(f"{graphs} graphs in {time.monotonic() - start:.0f} s: " + ", ".join(f"{n} {k}" for k, n in counts.most_common()))
    total = sum(counts.values())
    if failures == 0 and counts["right"] < LEAST_RIGHT * total:
        print(f"expected at least {LEAST_RIGHT:.0%} right, found {counts['right']} of {total}")
        return 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
