#!/usr/bin/env python3
"""Compares proofcard's kernels with other libraries, all measured in one run on this machine.

Builds small programs of our own (gnark/, rust/) that call the peers' packages, pinned, from their registries. They are
built in a directory outside the tree. For each case ours and each peer take turns, so that a busy machine is busy for all
of them, and the medians are compared. A peer that cannot be built is left out, with a message.

    scripts/bench_peers/bench_peers.py build/bin/proofcard [--quick] [--svg docs/benchmarks/peers.svg]
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

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = 3  # turns of each program in a case
REPEAT = 3  # runs in a turn

# kernel, log2 of the size, columns
CASES = [
    ("ntt_fr", 14, 1),
    ("ntt_fr", 16, 1),
    ("ntt_fr", 18, 1),
    ("ntt_fr", 20, 1),
    ("ntt_goldilocks", 20, 1),
    ("ntt_goldilocks", 22, 1),
    ("ntt_goldilocks", 20, 8),
    ("msm", 12, 1),
    ("msm", 16, 1),
    ("msm", 18, 1),
    ("msm", 20, 1),
]
QUICK_CASES = [("ntt_fr", 16, 1), ("ntt_goldilocks", 20, 1), ("msm", 12, 1)]
PEERS = {
    "ntt_fr": ["gnark-crypto", "arkworks"],
    "ntt_goldilocks": ["plonky3-small-batch", "plonky3-parallel", "plonky3-bowers"],
    "msm": ["gnark-crypto", "arkworks"],
}


def run(command, **kwargs):
    return subprocess.run(command, check=True, capture_output=True, text=True, **kwargs).stdout


def copy_sources(name, build_dir):
    target = build_dir / name
    shutil.copytree(HERE / name, target, dirs_exist_ok=True)
    return target


def build_gnark(build_dir):
    source = copy_sources("gnark", build_dir)
    run(["go", "build", "-o", "peer", "."], cwd=source)
    return source / "peer"


def build_rust(build_dir):
    source = copy_sources("rust", build_dir)
    run(["cargo", "build", "--release"], cwd=source, env={**os.environ, "RUSTFLAGS": "-C target-cpu=native"})
    return source / "target" / "release" / "proofcard-bench-peers"


def build_peers(build_dir):
    programs = {}
    for name, build in (("gnark", build_gnark), ("rust", build_rust)):
        try:
            programs[name] = build(build_dir)
        except (OSError, subprocess.CalledProcessError) as error:
            detail = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1:]
            print(f"{name}: left out, it could not be built: {' '.join(detail)}", file=sys.stderr)
    return programs


def time_ours(program, kernel, log_size, columns, threads):
    command = [program, "bench", "msm" if kernel == "msm" else "ntt", "--log-size", log_size, "--threads", threads]
    command += ["--repeat", REPEAT, "--json"]
    if kernel != "msm":
        command += ["--field", kernel.removeprefix("ntt_"), "--batch", columns]
    return [json.loads(run([str(c) for c in command]))["ms"]["median"]]


def time_peer(programs, peer, kernel, log_size, columns, threads):
    if peer == "gnark-crypto":
        command, env = [programs["gnark"], kernel, log_size, threads, REPEAT], {}
    else:
        command = [programs["rust"], peer, kernel, log_size, columns, REPEAT]
        env = {"RAYON_NUM_THREADS": str(threads)}
    return json.loads(run([str(c) for c in command], env={**os.environ, **env}))


def measure(program, programs, case, threads):
    kernel, log_size, columns = case
    built = [p for p in PEERS[kernel] if ("gnark" if p == "gnark-crypto" else "rust") in programs]
    times = {name: [] for name in ["proofcard", *built]}
    for _ in range(ROUNDS):
        times["proofcard"] += time_ours(program, kernel, log_size, columns, threads)
        for peer in built:
            times[peer] += time_peer(programs, peer, kernel, log_size, columns, threads)
    return {name: statistics.median(ms) for name, ms in times.items()}


def title(case, threads):
    kernel, log_size, columns = case
    text = f"{kernel} 2^{log_size}" + (f" x {columns}" if columns > 1 else "")
    return f"{text}, {threads} thread" + ("s" if threads > 1 else "")


def svg(rows):
    """Horizontal bars of how many times longer a peer takes; the line is proofcard."""
    bars = [(name, peer, ms / times["proofcard"]) for name, times in rows for peer, ms in times.items()
            if peer != "proofcard"]
    widest = max(ratio for _, _, ratio in bars)
    left, width, height = 380, 420, 18
    x = lambda ratio: left + width * ratio / widest
    parts = []
    for i, (name, peer, ratio) in enumerate(bars):
        y = 40 + i * height
        parts.append(f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{name}: {peer}</text>')
        parts.append(f'<rect x="{left}" y="{y + 2}" width="{width * ratio / widest:.1f}" height="{height - 5}"/>')
        parts.append(f'<text x="{x(ratio) + 6:.1f}" y="{y + 12}">{ratio:.1f}</text>')
    bottom = 44 + len(bars) * height
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" height="{bottom + 10}" '
            'font-family="sans-serif" font-size="12">'
            '<style>rect { fill: #4a7ba6 } line { stroke: #b03a2e; stroke-dasharray: 4 3 }</style>'
            '<text x="10" y="22" font-size="14">Time of other libraries, in multiples of proofcard\'s</text>'
            + "".join(parts) + f'<line x1="{x(1):.1f}" y1="34" x2="{x(1):.1f}" y2="{bottom}"/></svg>\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the proofcard program")
    parser.add_argument("--quick", action="store_true", help="few small cases")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    parser.add_argument("--build-dir", type=pathlib.Path,
                        default=pathlib.Path(tempfile.gettempdir()) / "proofcard-bench-peers")
    parser.add_argument("--svg", type=pathlib.Path, help="write a plot of the ratios")
    options = parser.parse_args()
    options.build_dir.mkdir(parents=True, exist_ok=True)
    programs = build_peers(options.build_dir)
    if not programs:
        sys.exit("no peer could be built: Go and Rust (cargo) are needed")

    rows = []
    print(f"{'':<34}{'peer':<24}{'proofcard ms':>14}{'peer ms':>12}{'ratio':>8}")
    for case in QUICK_CASES if options.quick else CASES:
        for threads in sorted(set(options.threads)):
            times = measure(options.program, programs, case, threads)
            rows.append((title(case, threads), times))
            for peer, ms in times.items():
                if peer != "proofcard":
                    ours = times["proofcard"]
                    print(f"{title(case, threads):<34}{peer:<24}{ours:>14.3f}{ms:>12.3f}{ms / ours:>8.2f}", flush=True)
    if options.svg:
        options.svg.parent.mkdir(parents=True, exist_ok=True)
        options.svg.write_text(svg(rows))


if __name__ == "__main__":
    main()
