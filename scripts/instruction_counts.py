#!/usr/bin/env python3
"""Counts the instructions of whole commands and of kernels, and compares them with those on record.

    instruction_counts.py PROOFCARD EXAMPLES            prints a table
    instruction_counts.py PROOFCARD EXAMPLES --check    exit code 1 when a count is more than 3 % above the one on record
    instruction_counts.py PROOFCARD EXAMPLES --update   records them

Counts do not depend on what else runs, as times do. They are of the portable code on one thread, under Valgrind, which every x86-64
machine runs alike; for another compiler or C library they are others. What a command needs to start (`--version`) is counted apart and
taken off.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

RECORD = pathlib.Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "instruction_counts.json"
TOLERANCE = 0.03
START = "start of a command"

# Made before anything is counted. {lenet5} and so on are folders of examples.
PREPARE = [
    "compile {lenet5}/model.onnx -o m.pcm --calibrate {lenet5}/samples.json",
    "setup m.pcm -o m",
    "setup m.pcm -o open --no-zk",
    "setup m.pcm -o hash --commitments hash",
    "prove hash.pk {lenet5}/input.json -o hash.proof",  # not counted: portable SHA-256 takes most of it
    "compile {credit_trees}/model.onnx -o t.pcm --calibrate {credit_trees}/samples.json",
    "setup t.pcm -o t",
    "compile {weather}/model.onnx -o w.pcm --calibrate {weather}/samples.json",
    "setup w.pcm -o w",
]
# What is counted, in order: a later one may read what an earlier one wrote.
JOBS = {
    START: "--version",
    "compile LeNet-5": "compile {lenet5}/model.onnx -o again.pcm --calibrate {lenet5}/samples.json",
    "set up LeNet-5": "setup m.pcm -o again",
    "prove LeNet-5": "prove m.pk {lenet5}/input.json -o m.proof --seed 1",
    "prove LeNet-5, nothing hidden": "prove open.pk {lenet5}/input.json -o open.proof --no-zk",
    "prove boosted trees": "prove t.pk {credit_trees}/input.json -o t.proof --seed 1",
    "prove an LSTM": "prove w.pk {weather}/input.json -o w.proof --seed 1",
    "verify LeNet-5": "verify m.vk m.proof --allow-seeded",
    "verify LeNet-5 by hashes": "verify hash.vk hash.proof",
    "multi-scalar sum, 2^10 points": "bench msm --log-size 10 --repeat 1",
    "transform of Fr, 2^14": "bench ntt --log-size 14 --field fr --repeat 1",
    "transform of Goldilocks, 2^14": "bench ntt --log-size 14 --field goldilocks --repeat 1",
}


def command(program, text, examples):
    folders = {folder.name: folder for folder in examples.iterdir() if folder.is_dir()}
    arguments = text.format(**folders).split()
    return [program, *arguments, *([] if arguments[0].startswith("-") else ["--threads", "1"])]


def run(arguments, work):
    done = subprocess.run(arguments, cwd=work, capture_output=True, text=True, check=False,
                          env={**os.environ, "PROOFCARD_ISA": "portable"})
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stderr}")
    return done.stderr


def measure(program, examples):
    with tempfile.TemporaryDirectory() as work:
        for text in PREPARE:
            run(command(program, text, examples), work)
        counts = {}
        for name, text in JOBS.items():
            said = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                        *command(program, text, examples)], work)
            counts[name] = int(re.search(r"Collected : (\d+)", said).group(1))
    return {name: count if name == START else count - counts[START] for name, count in counts.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=lambda text: str(pathlib.Path(text).resolve()))
    parser.add_argument("examples", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()

    before = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    now = measure(options.program, options.examples)
    worse = []
    print(f"{'millions of instructions':42} {'now':>9} {'before':>9}")
    for name, count in now.items():
        old = before.get(name)
        change = "" if old is None else f"{100 * (count / old - 1):+8.1f} %"
        print(f"{name:42} {count / 1e6:9.1f} {'' if old is None else f'{old / 1e6:9.1f}'} {change}")
        if name != START and (old is None or count > old * (1 + TOLERANCE)):  # a start grows with every option
            worse.append(name)
    if options.update:
        RECORD.write_text(json.dumps(now, indent=1) + "\n")
    elif options.check and worse:
        sys.exit(f"more than {100 * TOLERANCE:.0f} % above docs/benchmarks/instruction_counts.json, or not in it: {', '.join(worse)}; "
                 "with a reason, `make instruction-counts UPDATE=1` records them")


if __name__ == "__main__":
    main()
