#!/usr/bin/env python3
"""Synthesises RTL units with Yosys for UltraScale+ and prints what they take.

  synth.py UNIT [UNIT ...]      units: the names in UNITS, SLOW and KERNELS below
  synth.py --check [UNIT ...]   fails when a unit exceeds its budget, when more than MAX_LEVELS LUTs are between two
                                registers, or a carry chain is longer than MAX_CARRY bits; all units but SLOW unless named

Of KERNELS the whole hierarchy is elaborated and checked, and only memories are mapped: RAM blocks are counted, nothing else.

Counts are upper bounds: Yosys does not move registers into DSP blocks, so FF includes those that Vivado packs there
(86 a DSP block). LUT includes distributed RAM and shift registers. LUT levels and carry chains are measured on the
mapped netlist (netlist.py says how).
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import netlist

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_CARRY = 64
MAX_LEVELS = 6

# name: (top, parameters, budget of DSP blocks, of LUTs)
UNITS = {
    "fq_mul": ("pc_fq_mul", {}, 260, 16000),
    "point_add": ("pc_point_add", {}, 2700, 180000),
    "park_pair_small": ("pc_park_pair", {"AddressBits": 9, "RamLatency": 3, "QueueDepth": 256}, 0, 30000),
    # Parts of pc_msm_core in the configuration u55c.
    "scalar_lanes": ("pc_scalar_lanes", {}, 0, 2500),
    "scalar_reads": ("pc_scalar_reads", {}, 0, 400),
    "recode": ("pc_recode", {}, 0, 3600),
    "base_runs": ("pc_base_runs", {}, 0, 200),
    "operands": ("pc_operands", {"ItemBits": 105}, 0, 2000),
    "digit_walk": ("pc_digit_walk", {}, 0, 300),
    "contexts": ("pc_contexts", {}, 0, 1000),
    "canonical": ("pc_canonical", {}, 0, 2000),
    "fold": ("pc_fold", {"WideBits": 13, "NarrowBits": 8, "ContextBits": 5, "AddressBits": 16}, 0, 400),
    "horner": ("pc_horner", {"ContextBits": 5}, 0, 6000),
    "park_pair_u55c": ("pc_park_pair", {"AddressBits": 17, "NumSets": 3, "Words": 28672, "ContextBits": 5, "WideShift": 12,
                                        "NarrowShift": 7, "QueueDepth": 256}, 0, 30000),
    # The kernel's top.
    "axi_read": ("pc_axi_read", {}, 0, 1000),
    "axi_write": ("pc_axi_write", {}, 0, 1000),
    "registers": ("pc_registers", {"Words": 34}, 0, 1500),
    "msm_arguments": ("pc_msm_arguments", {}, 0, 1000),
    "result_writer": ("pc_result_writer", {}, 0, 1500),
    "gl_mul": ("pc_gl_mul", {}, 12, 900),
    "gl_sums": ("pc_gl_sums", {}, 0, 400),
    "fr_mul": ("pc_fr_mul", {}, 260, 15500),
    "fr_sums": ("pc_fr_sums", {}, 0, 3500),
    # Lanes of the configuration u55c: 64 of the first, 2 of the second; then what serves 64 of them.
    "ntt_lane_gl": ("pc_ntt_lane", {}, 24, 3000),
    "ntt_lane_fr": ("pc_ntt_lane", {"Field": 1}, 514, 38000),
    "ntt_load": ("pc_ntt_load", {}, 0, 31000),
    "ntt_store": ("pc_ntt_store", {}, 0, 40000),
    "ntt_butterflies": ("pc_ntt_butterflies", {}, 0, 500),
    "ntt_twiddles": ("pc_ntt_twiddles", {}, 2, 600),
    "ntt_commands": ("pc_ntt_commands", {}, 0, 1200),
    # What serves the 2 lanes of Fr.
    "ntt_load_fr": ("pc_ntt_load", {"LogLanes": 1, "Bits": 256, "LogRun": 4}, 0, 3000),
    "ntt_store_fr": ("pc_ntt_store", {"LogLanes": 1, "Bits": 256, "LogRun": 4, "StoreLatency": 11}, 0, 4000),
    # hadamard_fr, all of it; the order of its jobs, which is that of the NTT kernels'.
    "hadamard_fr": ("hadamard_fr", {}, 260, 27000),
    "job_order": ("pc_job_order", {}, 0, 700),
}
# Only when named: what is between the parts above. It takes four minutes.
SLOW = {"msm_core_u55c": ("pc_msm_core", {}, 0, 50000)}
# Configuration u55c.
KERNELS = {"msm_g1_u55c": ("msm_g1", {})}
# Parts that become black boxes once the hierarchy is checked. They have no RAM blocks.
BLACK_BOXES = {"msm_core_u55c": ["pc_point_add"], "msm_g1_u55c": ["pc_point_add"]}
# URAM blocks: three bucket sets of seven windows and one of odd sums, 11 blocks for each 4,096 points; the resident bases.
# Yosys may save some at the edges. Below MIN_URAM of a budget, a memory has become something else.
URAM_BUDGETS = {"park_pair_small": 11, "park_pair_u55c": 231, "operands": 8, "msm_core_u55c": 250, "msm_g1_u55c": 250}
MIN_URAM = 0.9
# LUTs that a cell takes. A RAM32M16 is eight.
LUT_CELLS = {"LUT1": 1, "LUT2": 1, "LUT3": 1, "LUT4": 1, "LUT5": 1, "LUT6": 1, "RAM32M16": 8, "RAM64X1S": 1,
             "RAM64X1D": 2, "RAM64M8": 8, "RAM32X1D": 1, "SRL16E": 1, "SRLC32E": 1}


def find_source(top):
    return next(ROOT.glob(f"rtl/*/{top}.sv"))


def yosys(script, directory):
    run = subprocess.run(["yosys", "-q", "-p", script], cwd=directory, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"yosys failed:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")


def reads(top, parameters, black_boxes):
    packages = " ".join(str(f) for f in sorted(ROOT.glob("rtl/pkg/*.sv")))
    # Modules are found by their names.
    folders = "".join(f" -libdir {f}" for f in sorted(ROOT.glob("rtl/*")) if f.is_dir())
    chparam = "".join(f" -chparam {k} {v}" for k, v in parameters.items())
    return (f"verilog_defines -D SYNTHESIS; read_verilog -sv {packages} {find_source(top)}; "
            f"hierarchy -check -top {top}{chparam}{folders}" + "".join(f"; blackbox *{box}*" for box in black_boxes))


def read_cells(path):
    # The last table is that of the whole design.
    table = path.read_text().rsplit("Number of cells:", 1)[1]
    return {cell: int(n) for cell, n in re.findall(r"^\s+(\w+)\s+(\d+)$", table, re.MULTILINE)}


def ram_blocks(cells):
    return {
        "BRAM36": cells.get("RAMB36E2", 0) + cells.get("RAMB18E2", 0) / 2,
        "URAM": cells.get("URAM288", 0) + cells.get("URAM288_BASE", 0),
    }


def map_memories(top, parameters, black_boxes):
    with tempfile.TemporaryDirectory() as directory:
        yosys(f"{reads(top, parameters, black_boxes)}; synth_xilinx -family xcup -top {top} -noiopad -run begin:map_ffram; "
              f"tee -q -o stat.txt stat", directory)
        return ram_blocks(read_cells(pathlib.Path(directory) / "stat.txt"))


def synthesise(top, parameters, black_boxes):
    with tempfile.TemporaryDirectory() as directory:
        yosys(f"{reads(top, parameters, black_boxes)}; synth_xilinx -family xcup -top {top} -noiopad; "
              f"tee -q -o stat.txt stat; flatten; write_blif -param flat.blif", directory)
        cells = read_cells(pathlib.Path(directory) / "stat.txt")
        between_registers = netlist.measure(pathlib.Path(directory) / "flat.blif")
    return {
        "DSP": cells.get("DSP48E2", 0),
        "LUT": sum(cells.get(cell, 0) * luts for cell, luts in LUT_CELLS.items()),
        "FF": sum(n for cell, n in cells.items() if cell.startswith("FD")),
        **ram_blocks(cells),
        **between_registers,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("units", nargs="*", choices=[[], *UNITS, *SLOW, *KERNELS], metavar="UNIT")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    failed = False
    print("| unit | DSP | LUT | FF | BRAM36 | URAM | LUT levels | carry bits |\n" + "| --- " * 8 + "|")
    for name in options.units or [*UNITS, *KERNELS]:
        black_boxes = BLACK_BOXES.get(name, [])
        if name in KERNELS:
            r = map_memories(*KERNELS[name], black_boxes)
            limits = {}
        else:
            top, parameters, dsp_budget, lut_budget = {**UNITS, **SLOW}[name]
            r = synthesise(top, parameters, black_boxes)
            limits = {"DSP": dsp_budget, "LUT": lut_budget, "levels": MAX_LEVELS, "carry_bits": MAX_CARRY}
        columns = ("DSP", "LUT", "FF", "BRAM36", "URAM", "levels", "carry_bits")
        print(f"| {name} | {' | '.join(str(r.get(column, '')) for column in columns)} |", flush=True)
        if name in URAM_BUDGETS:
            limits["URAM"] = URAM_BUDGETS[name]
            if r["URAM"] < MIN_URAM * URAM_BUDGETS[name]:
                print(f"{name}: URAM is {r['URAM']}, {URAM_BUDGETS[name]} were expected", file=sys.stderr)
                failed = True
        for what, limit in limits.items():
            if r[what] > limit:
                print(f"{name}: {what} is {r[what]}, the limit is {limit}", file=sys.stderr)
                failed = True
        if r.get("levels", 0) > MAX_LEVELS:
            print("\n".join(["longest path:", *r["path"]]), file=sys.stderr)
    sys.exit(1 if options.check and failed else 0)


if __name__ == "__main__":
    main()
