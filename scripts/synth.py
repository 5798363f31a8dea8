#!/usr/bin/env python3
"""Synthesises RTL units with Yosys for UltraScale+ and prints what they take.

  synth.py UNIT [UNIT ...]      units: the names in UNITS below
  synth.py --check              all units, and fails when one exceeds its budget or an adder cell is wider than MAX_CARRY

Counts are upper bounds: Yosys does not move registers into DSP blocks, so FF includes those that Vivado packs there
(86 a DSP block). LUT includes distributed RAM and shift registers. Carry chains are measured before technology
mapping, as the widest $alu or $macc cell: sums of pieces that share no carry are separate cells.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_CARRY = 64

# name: (top, parameters, budget of DSP blocks, of LUTs)
UNITS = {
    "fq_mul": ("pc_fq_mul", {}, 260, 16000),
    "point_add": ("pc_point_add", {}, 2700, 180000),
    "park_pair_small": ("pc_park_pair", {"AddressBits": 9, "RamLatency": 3, "QueueDepth": 256}, 0, 30000),
}
# LUTs that a cell takes. A RAM32M16 is eight.
LUT_CELLS = {"LUT1": 1, "LUT2": 1, "LUT3": 1, "LUT4": 1, "LUT5": 1, "LUT6": 1, "RAM32M16": 8, "RAM64X1S": 1,
             "RAM64X1D": 2, "RAM64M8": 8, "RAM32X1D": 1, "SRL16E": 1, "SRLC32E": 1}


def sources():
    files = [ROOT / "rtl/pkg/pc_fq_pkg.sv"]
    for folder in ("common", "field", "msm"):
        files += sorted((ROOT / "rtl" / folder).glob("*.sv"))
    return [f for f in files if "behavioural" not in f.name]


def yosys(script, directory):
    run = subprocess.run(["yosys", "-q", "-p", script], cwd=directory, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"yosys failed:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")


def synthesise(top, parameters):
    read = "read_verilog -sv -D SYNTHESIS " + " ".join(str(f) for f in sources())
    chparam = "".join(f" -chparam {k} {v}" for k, v in parameters.items())
    with tempfile.TemporaryDirectory() as directory:
        yosys(f"{read}; hierarchy -top {top}{chparam}; proc; opt_clean; design -save read; wreduce; alumacc; "
              f"tee -q -o alu_stat.txt stat -width; design -load read; "
              f"synth_xilinx -family xcup -top {top} -noiopad; tee -q -o stat.txt stat", directory)
        # The last table is that of the whole design.
        table = (pathlib.Path(directory) / "stat.txt").read_text().rsplit("Number of cells:", 1)[1]
        cells = {cell: int(n) for cell, n in re.findall(r"^\s+(\w+)\s+(\d+)$", table, re.MULTILINE)}
        widths = [int(w) for w in re.findall(r"\$(?:alu|macc)_(\d+)",
                                             (pathlib.Path(directory) / "alu_stat.txt").read_text())]
    return {
        "DSP": cells.get("DSP48E2", 0),
        "LUT": sum(cells.get(cell, 0) * luts for cell, luts in LUT_CELLS.items()),
        "FF": sum(n for cell, n in cells.items() if cell.startswith("FD")),
        "BRAM36": cells.get("RAMB36E2", 0) + cells.get("RAMB18E2", 0) / 2,
        "URAM": cells.get("URAM288", 0) + cells.get("URAM288_BASE", 0),
        "carry": max(widths, default=0),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("units", nargs="*", choices=[[], *UNITS], metavar="UNIT")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    failed = False
    print("| unit | DSP | LUT | FF | BRAM36 | URAM | widest sum |\n| --- | --- | --- | --- | --- | --- | --- |")
    for name in options.units or UNITS:
        top, parameters, dsp_budget, lut_budget = UNITS[name]
        r = synthesise(top, parameters)
        print(f"| {name} | {r['DSP']} | {r['LUT']} | {r['FF']} | {r['BRAM36']} | {r['URAM']} | {r['carry']} |", flush=True)
        if r["DSP"] > dsp_budget or r["LUT"] > lut_budget or r["carry"] > MAX_CARRY:
            print(f"{name}: over its budget of {dsp_budget} DSP, {lut_budget} LUT, sums of {MAX_CARRY} bits", file=sys.stderr)
            failed = True
    sys.exit(1 if options.check and failed else 0)


if __name__ == "__main__":
    main()
