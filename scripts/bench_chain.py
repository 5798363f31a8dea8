#!/usr/bin/env python3
"""Chain proofs of models that contracts ask about: constraints, seconds, bytes and gas, alone and in batches. make bench-chain.

    bench_chain.py PROOFCARD DIRECTORY [MODEL ...] [--batches 16,64] [--powers FILE] [--make-test-powers PROGRAM] [--node FOLDER]

A batch is one proof of so many inputs (`chain setup --batch N --digest`) that Batches.sol takes; its gas is said for one input: its share of
`submit`, and a claim of each of its words. Gas is execution in an EVM from npm, without the transaction's base and calldata. Each command
is a process of its own; seconds are medians of ROUNDS runs of the command, reading the key included. --powers: a .ptau of a public
ceremony, for whose power everything has to have room; without, test powers are made, as large as each model asks for. EZKL's verifier: see docs/benchmarks.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
ROUNDS = 3
EXAMPLES = ROOT / "examples"
STORIES = EXAMPLES / "use_cases"

# name: folder or model, samples, options of compile
MODELS = {
    "risk score": (EXAMPLES / "credit" / "model.onnx", EXAMPLES / "credit" / "samples.json", []),
    "liquidation, yes or no": (STORIES / "risk_bound.onnx", EXAMPLES / "credit" / "samples.json", []),
    "trading agent": (STORIES / "trading_agent.onnx", STORIES / "trading_agent_samples.json", ["--input", "public"]),
    "loan to value": (STORIES / "loan_to_value.onnx", STORIES / "loan_to_value_samples.json", ["--input", "public"]),
    "portfolio, 4 steps unrolled": (None, None, []),  # make_portfolio.py
    "forecast, LSTM of 30 steps": (EXAMPLES / "weather" / "model.onnx", EXAMPLES / "weather" / "samples.json", []),
    "LeNet-5": (EXAMPLES / "lenet5" / "model.onnx", EXAMPLES / "lenet5" / "samples.json", []),
}


class Bench:
    def __init__(self, options):
        self.program = pathlib.Path(options.program).resolve()
        self.folder = pathlib.Path(options.directory).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.node = {**os.environ, "NODE_PATH": str(pathlib.Path(options.node).resolve() / "node_modules")}

    def run(self, *arguments, env=None):
        done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, cwd=self.folder, env=env)
        if done.returncode != 0:
            sys.exit(f"failed: {' '.join(str(a) for a in arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def powers(self, power):
        if self.options.powers:
            return pathlib.Path(self.options.powers).resolve()
        path = self.folder / f"powers_{power}.ptau"
        if not path.exists():
            self.run(self.options.make_test_powers, power, path)
        return path

    def setup(self, model, name, *more):
        """Lines of `chain setup`, with the least powers that have room; the error names the power that is needed."""
        power = 18
        while True:
            done = subprocess.run([self.program, "chain", "setup", model, self.powers(power), "-o", name, "--force", *more],
                                  capture_output=True, text=True, cwd=self.folder)
            if done.returncode == 0:
                return done.stdout
            needed = re.search(r"ceremony of power (\d+) or more", done.stderr)
            if self.options.powers or not needed or int(needed.group(1)) <= power:
                sys.exit(f"failed: chain setup of {model}\n{done.stderr}")
            power = int(needed.group(1))

    def contract_test(self, *arguments):
        return self.run("node", ROOT / "tests" / "circom" / "chain_batch_test.js", *arguments, env=self.node)

    def one(self, title):
        name = re.sub(r"\W+", "_", title)
        model, samples, options = MODELS[title]
        if model is None:
            self.run(sys.executable, ROOT / "scripts" / "make_portfolio.py", self.folder / name)
            model, samples = self.folder / name / "model.onnx", self.folder / name / "samples.json"
        rows = json.loads(samples.read_text())["input_data"]
        self.write(f"{name}.json", rows[:1])
        self.run(self.program, "compile", model, "-o", f"{name}.pcm", "--calibrate", samples, *options, "-q")
        said = self.setup(f"{name}.pcm", name)
        self.run(self.program, "chain", "export", f"{name}.zkey", f"{name}.vk", "-o", name)
        seconds = []
        for _ in range(ROUNDS):
            start = time.monotonic()
            self.run(self.program, "chain", "prove", f"{name}.zkey", f"{name}.pk", f"{name}.json", "-o", f"{name}.proof")
            seconds.append(time.monotonic() - start)
        self.run(self.program, "chain", "verify", f"{name}.verifier.json", f"{name}.proof")
        proof = json.loads((self.folder / f"{name}.proof").read_text())
        gas = self.run("node", ROOT / "tests" / "circom" / "chain_gas.js", f"{name}.sol", f"{name}.proof", env=self.node)
        row = [title, f"{self.constraints(said):,}", f"{statistics.median(seconds):.2f} s", str(len(proof["publicSignals"])),
               f"{(len(proof['calldata']) - 2) // 2:,}", f"{int(gas):,}"]
        for batch in self.options.batches:
            row.append(self.batch(name, rows, batch))
        print("| " + " | ".join(row) + " |", flush=True)

    def batch(self, name, rows, batch):
        many = f"{name}_{batch}"
        self.write(f"{many}.json", [rows[i % len(rows)] for i in range(batch)])
        said = self.setup(f"{name}.pcm", many, "--batch", str(batch), "--digest")
        self.run(self.program, "chain", "export", f"{many}.zkey", f"{many}.vk", "-o", many)
        files = [ROOT / "packaging" / "contracts", f"{many}.sol", f"{many}.verifier.json"]
        context = self.contract_test("context", *files).strip()
        start = time.monotonic()
        self.run(self.program, "chain", "prove", f"{many}.zkey", f"{many}.pk", f"{many}.json", "-o", f"{many}.proof", "--context", context)
        seconds = time.monotonic() - start
        self.run(self.program, "run", f"{name}.pcm", f"{many}.json", "--save-output", f"{many}.outputs", "-q")
        played = self.contract_test("play", *files, f"{many}.proof", f"{many}.outputs")
        share = int(re.search(r"with its share (\d+)", played).group(1))
        return f"{share:,}; {seconds:.1f} s, {self.constraints(said):,}"

    @staticmethod
    def constraints(said):
        return int(re.search(r"constraints: (\d+)", said).group(1))

    def write(self, name, rows):
        (self.folder / name).write_text(json.dumps({"input_data": rows}) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("directory")
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"default: all of {', '.join(MODELS)}")
    parser.add_argument("--batches", default="16,64")
    parser.add_argument("--powers")
    parser.add_argument("--make-test-powers", default=ROOT / "build" / "bin" / "make_test_powers")
    parser.add_argument("--node", default=ROOT / "build" / "circom" / "npm")
    options = parser.parse_args()
    options.batches = [int(b) for b in options.batches.split(",") if b]
    unknown = [m for m in options.models if m not in MODELS]
    if unknown:
        sys.exit(f"expected some of {', '.join(MODELS)}, found {', '.join(unknown)}")
    bench = Bench(options)
    heads = ["model", "constraints", "chain prove", "public words", "calldata, bytes", "gas alone"]
    heads += [f"batch of {b}: gas an input; prove, constraints" for b in options.batches]
    print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads), flush=True)
    for title in options.models or MODELS:
        bench.one(title)


if __name__ == "__main__":
    main()
