#!/usr/bin/env python3
"""Are the limits that package_rtl.tcl tells Vivado those that the RTL has?"""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts/abi"))
import description  # noqa: E402
import tops  # noqa: E402

TCL = (ROOT / "bitstreams/scripts/package_rtl.tcl").read_text()
# Where a kernel is pc_kernel with its parameters.
KERNELS = {"msm_g1": "rtl/msm/pc_msm_kernel.sv", "ntt_fr": "rtl/ntt/pc_ntt_kernel.sv", "hadamard_fr": "rtl/hadamard/pc_hadamard_kernel.sv"}


def table(name):
    """The dict of the Tcl file with this name: {kernel: text}."""
    body = re.search(rf"set {name} \[dict create (.*?)\]\n", TCL, re.DOTALL)[1].replace("\\\n", " ")
    found, depth, start = [], 0, 0
    for index, character in enumerate(body):
        if character == "{":
            start = index + 1 if depth == 0 else start
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                found.append(body[start:index])
    return dict(zip(re.findall(r"(\w+) \{(?:m_axi|msm/|ntt/|hadamard/)", body), found))


def told():
    """{(kernel, bus): (beats, reads, writes)}."""
    return {(kernel, bus): tuple(map(int, numbers.split())) for kernel, text in table("limits").items()
            for bus, numbers in re.findall(r"m_axi_(\w+) \{([\d ]+)\}", text)}


def default_depth():
    """Beats of a read port's queue where a kernel does not say it."""
    return int(re.search(r"ReadDepths = \{NumReads\{16'd(\d+)\}\}", (ROOT / "rtl/top/pc_kernel.sv").read_text())[1])


def depths(parameters, count):
    """Of each read port, the first first. A concatenation has the last port first."""
    found = re.search(r"\.ReadDepths\(\{(.*?)\}\),", parameters)
    if not found:
        return [default_depth()] * count
    first, rest = re.fullmatch(r"16'd(\d+), \{Channels\{16'd(\d+)\}\}", found[1]).groups()
    return [int(rest)] * (count - 1) + [int(first)]


def built():
    """The same, from the parameters of pc_kernel in each kernel, and the ports of its description."""
    found = {}
    for kernel, path in KERNELS.items():
        parameters = re.search(r"pc_kernel #\((.*?)\n  \) u_kernel", (ROOT / path).read_text(), re.DOTALL)[1]
        value = lambda name: int(re.search(rf"\.{name}\((\d+)\)", parameters)[1])
        (_, readers), (_, writers) = tops.directions(description.load(ROOT / f"bitstreams/abi/{kernel}.json"))
        for bus, depth in zip(readers, depths(parameters, len(readers))):
            found[kernel, bus] = (value("ReadBeats"), depth // value("ReadBeats"), 0)
        for bus in writers:
            beats, reads, _ = found.get((kernel, bus), (0, 0, 0))
            found[kernel, bus] = (max(beats, value("WriteBeats")), reads, value("WriteBursts"))
    return found


class Limits(unittest.TestCase):
    def test_they_are_those_of_the_masters(self):
        self.assertEqual(told(), built())

    def test_each_bus_that_is_packaged_has_them(self):
        buses = {(kernel, bus) for kernel, text in table("ports").items() for bus in re.findall(r"m_axi_(\w+)", text)}
        self.assertEqual(set(told()), buses)

    def test_no_burst_is_narrow(self):
        """Every size is a beat: the masters have no AxSIZE, so the packaged port has the full one."""
        for path in ("pc_kernel", "pc_axi_read", "pc_axi_write"):
            self.assertNotIn("size_o", (ROOT / f"rtl/top/{path}.sv").read_text())
        self.assertIn("SUPPORTS_NARROW_BURST 0", TCL)


if __name__ == "__main__":
    unittest.main()
