#!/usr/bin/env python3
"""Proves the example networks with proofcard and with EZKL in one run on this machine, and prints both side by side.

EZKL comes pinned from PyPI into a virtual environment outside the tree. It runs with its own calibration ("resources", its
choice for small circuits), private input, public output and its default for weights, which are constants of the circuit.
proofcard runs with its defaults: private input, private weights, zero knowledge, 8 bits. Both quantise; how much each
loses is not compared here. EZKL's structured reference string is made for the measurement, and its time is left out.

    scripts/bench_peers/bench_ezkl.py build/bin/proofcard [MODEL ...] [--threads N]      MODEL: a folder of examples/

Each stage is a process of its own, so that its time, with starting up and reading keys, and its memory are what a user
sees on the command line.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
EZKL = "ezkl==23.0.5"
ROUNDS = 3  # alternating runs of prove and verify; medians are printed
QUICK = ["diagnosis", "credit"]  # others take EZKL many minutes

# What the interpreter of the virtual environment runs for each stage, in the directory of one model. argv: model, input.
STAGES = {
    "settings": """
args = ezkl.PyRunArgs()
args.variables = [("batch_size", 1), ("batch", 1), ("N", 1)]
args.input_visibility, args.output_visibility = "private", "public"
ezkl.gen_settings(model, "settings.json", py_run_args=args)
ezkl.calibrate_settings(data, model, "settings.json", "resources")
ezkl.compile_circuit(model, "model.ezkl", "settings.json")
""",
    "srs": 'ezkl.gen_srs("srs", json.load(open("settings.json"))["run_args"]["logrows"])',
    "setup": 'ezkl.setup("model.ezkl", "vk", "pk", "srs")',
    "prove": """
ezkl.gen_witness(data, "model.ezkl", "witness.json", "vk", "srs")
ezkl.prove("witness.json", "model.ezkl", "pk", "proof.json", "srs")
""",
    "verify": 'sys.exit(0 if ezkl.verify("proof.json", "settings.json", "vk", "srs") else 1)',
}
PREAMBLE = "import ezkl, json, sys\nmodel, data = sys.argv[1:3]\n"


def timed(command, cwd, threads):
    """Seconds, peak memory in MB."""
    env = {**os.environ, "RAYON_NUM_THREADS": str(threads), "RUST_LOG": "error"}
    start = time.monotonic()
    process = subprocess.Popen([str(c) for c in command], cwd=cwd, env=env, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(str(c) for c in command)}\n{output[-2000:]}")
    return seconds, usage.ru_maxrss / 1024


class Ezkl:
    name = EZKL

    def __init__(self, python, example, work, threads):
        self.python, self.work, self.threads = python, work, threads
        self.files = [example / "model.onnx", example / "input.json"]
        for stage in ("settings", "srs"):
            self.run(stage)

    def run(self, stage):
        return timed([self.python, "-c", PREAMBLE + STAGES[stage], *self.files], self.work, self.threads)

    def proof_bytes(self):
        return len(json.loads((self.work / "proof.json").read_text())["hex_proof"]) // 2 - 1

    def key_bytes(self):
        return (self.work / "vk").stat().st_size, (self.work / "pk").stat().st_size


class Proofcard:
    name = "proofcard"

    def __init__(self, program, example, work, threads):
        self.program, self.work, self.threads = pathlib.Path(program).resolve(), work, threads
        self.input = example / "input.json"
        self.call("compile", example / "model.onnx", "--bits", "8", "-o", "model.pcm", "--calibrate", example / "samples.json")

    def call(self, *arguments):
        return timed([self.program, *arguments, "--threads", self.threads], self.work, self.threads)

    def run(self, stage):
        return self.call(*{"setup": ("setup", "model.pcm", "-o", "model"),
                           "prove": ("prove", "model.pk", self.input, "-o", "proof.bin"),
                           "verify": ("verify", "model.vk", "proof.bin")}[stage])

    def proof_bytes(self):
        return (self.work / "proof.bin").stat().st_size

    def key_bytes(self):
        return (self.work / "model.vk").stat().st_size, (self.work / "model.pk").stat().st_size


def measure(provers):
    results = {p.name: {"setup": p.run("setup")} for p in provers}
    for stage in ("prove", "verify"):
        runs = {p.name: [] for p in provers}
        for _ in range(ROUNDS):
            for p in provers:
                runs[p.name].append(p.run(stage))
        for name, all_runs in runs.items():
            results[name][stage] = tuple(statistics.median(column) for column in zip(*all_runs))
    return results


def print_model(model, provers, results):
    ours = results["proofcard"]
    for p in provers:
        r = results[p.name]
        vk, pk = p.key_bytes()
        ratios = " / ".join(f"{r[stage][0] / ours[stage][0]:.0f}" for stage in ("setup", "prove", "verify"))
        print(f"| {model} | {p.name} | {r['setup'][0]:.2f} s | {r['prove'][0]:.3f} s, {r['prove'][1]:.0f} MB | "
              f"{1000 * r['verify'][0]:.0f} ms | {p.proof_bytes():,} | {vk:,} / {pk:,} | {ratios} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the proofcard program")
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"folders of examples/; default: {' '.join(QUICK)}")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--build-dir", type=pathlib.Path,
                        default=pathlib.Path(tempfile.gettempdir()) / "proofcard-bench-ezkl")
    options = parser.parse_args()
    python = options.build_dir / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", options.build_dir / "venv"], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", EZKL], check=True)

    print("| model | prover | setup | prove, peak memory | verify | proof, bytes | vk / pk, bytes | times slower: setup / prove / verify |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- |")
    for model in options.models or QUICK:
        example = ROOT / "examples" / model
        provers = []
        for name in ("proofcard", "ezkl"):
            work = options.build_dir / model / name
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            provers.append(Proofcard(options.program, example, work, options.threads) if name == "proofcard"
                           else Ezkl(python, example, work, options.threads))
        print_model(model, provers, measure(provers))


if __name__ == "__main__":
    main()
