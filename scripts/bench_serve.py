#!/usr/bin/env python3
"""Proofs a second over HTTP beside the command in a loop, latencies, and small proofs among large ones.

  bench_serve.py PROGRAM FOLDER [SECONDS]     about so long for each measurement (default 20)

Load comes from ApacheBench (apache2-utils). Nothing else should run on the machine.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
CORES = os.cpu_count()


def make_key(program, example, name, batch):
    if not pathlib.Path(name + ".pk").exists():
        folder = EXAMPLES / example
        subprocess.run([program, "compile", "-q", folder / "model.onnx", "-o", name + ".pcm", "--calibrate",
                        folder / "samples.json"], check=True)
        subprocess.run([program, "setup", "-q", name + ".pcm", "-o", name, "--batch", str(batch)], check=True)
    rows = json.loads((EXAMPLES / example / "samples.json").read_text())["input_data"]
    pathlib.Path(name + ".json").write_text(json.dumps({"input_data": rows[:batch]}))


def command_in_a_loop(program, seconds, options):
    """Proofs a second of as many processes as there are processors, each one command after the other."""
    counts = [0] * CORES
    begin = time.monotonic()

    def loop(i):
        while time.monotonic() < begin + seconds:
            subprocess.run([program, "prove", "-q", "lenet5.pk", "lenet5.json", "-o", f"{i}.proof", *options], check=True)
            counts[i] += 1

    threads = [threading.Thread(target=loop, args=(i,)) for i in range(CORES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - begin)


class Service:
    def __init__(self, program, options=()):
        subprocess.run(["rm", "-rf", "state"], check=True)
        self.key = subprocess.run([program, "serve", "--state", "state", "--add-key", "admin"], check=True,
                                  capture_output=True, text=True).stdout.strip()
        self.process = subprocess.Popen([program, "serve", "--state", "state", "--listen", "127.0.0.1:0", "--rate",
                                         "100000", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        for name in ("lenet5", "small", "large"):
            subprocess.run(["curl", "-sSf", "-o", "/dev/null", "-H", f"Authorization: Bearer {self.key}", "-T", name + ".pk",
                            f"{self.url}/v1/models/{name}"], check=True)

    def load(self, model, clients, seconds):
        """ApacheBench with so many clients, each of which waits for its proof: proofs a second, p50 and p99 in ms."""
        out = subprocess.run(["ab", "-q", "-k", "-t", str(seconds), "-n", "1000000", "-s", "120", "-c", str(clients), "-p",
                              model + ".json", "-T", "application/json", "-H", f"Authorization: Bearer {self.key}",
                              f"{self.url}/v1/models/{model}/infer?wait=60"], check=True, capture_output=True, text=True).stdout
        if re.search(r"Non-2xx responses", out):
            sys.exit("bench_serve.py: expected answers of status 200, found others:\n" + out)
        find = lambda pattern: float(re.search(pattern, out).group(1))
        return find(r"Requests per second:\s+([\d.]+)"), find(r"\n\s+50%\s+(\d+)"), find(r"\n\s+99%\s+(\d+)")

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def end(self):
        self.process.terminate()
        if self.process.wait() != 0:
            sys.exit("bench_serve.py: the service did not end as it should")


def main():
    program = os.path.abspath(sys.argv[1])
    os.makedirs(sys.argv[2], exist_ok=True)
    os.chdir(sys.argv[2])
    seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    make_key(program, "lenet5", "lenet5", 1)
    make_key(program, "diagnosis", "small", 1)
    make_key(program, "lenet5", "large", 4)
    all_threads = command_in_a_loop(program, seconds, [])
    one_thread = command_in_a_loop(program, seconds, ["--threads", "1"])
    print(f"command in a loop, {CORES} processes: {all_threads:.2f} proofs/s; with --threads 1: {one_thread:.2f}", flush=True)
    service = Service(program)
    service.load("lenet5", 1, 3)
    rate, p50, p99 = service.load("lenet5", 2 * CORES, seconds)
    before = service.memory_mib()
    print(f"service, {2 * CORES} clients: {rate:.2f} proofs/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms; "
          f"{rate / max(all_threads, one_thread):.2f} times the better loop", flush=True)
    rate, p50, p99 = service.load("lenet5", 1, seconds)
    print(f"service, 1 client: {rate:.2f} proofs/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms; memory {before:.0f} MiB, "
          f"then {service.memory_mib():.0f} MiB", flush=True)
    service.end()

    service = Service(program, ["--small-seconds", "0.015"])
    _, alone50, alone99 = service.load("small", 1, seconds // 2)
    large = threading.Thread(target=service.load, args=("large", 8, seconds))
    large.start()
    time.sleep(2)
    _, among50, among99 = service.load("small", 1, seconds // 2)
    large.join()
    print(f"small proofs: p50 {alone50:.0f} ms, p99 {alone99:.0f} ms; among 8 waiting large ones: p50 {among50:.0f} ms, "
          f"p99 {among99:.0f} ms")
    service.end()


if __name__ == "__main__":
    main()
