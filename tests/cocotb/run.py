#!/usr/bin/env python3
"""Kernels under cocotb and Verilator, with checkers at every port: run.py BUILD_FOLDER [KERNEL ...]

The models are whole numbers of Python (models.py), the memory and the host are bench.py. SEED=... for other jobs than those of seed 1.
"""
import pathlib
import sys

from cocotb.runner import get_runner

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# The folders of a kernel's modules, and parameters.
KERNELS = {
    "hadamard_fr": (["hadamard"], {}),
    # The configuration small, with the adder's arithmetic in one expression: structural, it takes minutes to compile.
    "msm_g1": (["top", "msm"], {"WideBits": 5, "NarrowBits": 4, "ResidentBits": 5, "LogPoints": 12, "LogMsms": 8, "Body": 1}),
}


def run(kernel, build):
    folders, parameters = KERNELS[kernel]
    options = [option for folder in ("common", "field", "top", "verify", *folders) for option in ("-y", str(ROOT / "rtl" / folder))]
    sources = [*sorted((ROOT / "rtl/pkg").glob("*.sv")), ROOT / f"rtl/{folders[0]}/{kernel}.sv", ROOT / f"rtl/verify/pc_bind_{kernel}.sv"]
    runner = get_runner("verilator")
    runner.build(verilog_sources=[ROOT / "rtl/lint.vlt", *sources], hdl_toplevel=kernel, parameters=parameters, build_dir=build / kernel,
                 build_args=["--assert", "-Wall", "-O3", "--x-initial", "unique", *options], always=True)
    return runner.test(hdl_toplevel=kernel, test_module=f"{kernel}_test", build_dir=build / kernel, test_dir=build / kernel)


def main():
    from cocotb.runner import get_results
    build = pathlib.Path(sys.argv[1]).resolve() / "cocotb"
    failures = 0
    for kernel in sys.argv[2:] or KERNELS:
        tests, failed = get_results(run(kernel, build))
        print(f"cocotb: {kernel}: {tests} tests, {failed} failed")
        failures += failed + (tests == 0)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
