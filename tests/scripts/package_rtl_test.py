#!/usr/bin/env python3
"""Are the limits that package_rtl.tcl tells Vivado those that the RTL has?"""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TCL = (ROOT / "bitstreams/scripts/package_rtl.tcl").read_text()
# Where a kernel's masters are, and the buses of ports that are not named there.
TOPS = {"msm_g1": "rtl/top/msm_g1.sv", "ntt_fr": "rtl/ntt/pc_ntt_kernel.sv", "hadamard_fr": "rtl/hadamard/hadamard_fr.sv"}
NTT_BUSES = {"in": ["gmem_in_0", "gmem_in_1"], "out": ["gmem_out_0", "gmem_out_1"], "twiddles": ["gmem_out_0"]}


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


def defaults(module):
    text = (ROOT / f"rtl/top/{module}.sv").read_text()
    return {name: int(value) for name, value in re.findall(r"parameter int unsigned (\w+) = (\d+)", text)}


def built():
    """The same, from the instances of masters and the modules' defaults."""
    found = {}
    for kernel, path in TOPS.items():
        text = (ROOT / path).read_text()
        constants = dict(re.findall(r"localparam int unsigned (\w+) = (\d+);", text))
        for kind, parameters, ports in re.findall(r"(pc_axi_read|pc_axi_write) (?:#\((.*?)\) )?u_\w+ \(\n(.*?)\n\s*\);", text, re.DOTALL):
            values = defaults(kind)
            values.update({name: int(constants.get(value, value)) for name, value in re.findall(r"\.(\w+)\((\w+)\)", parameters)})
            port = re.search(r"\.m_a[rw]addr_o\((?:m_axi_)?(\w+?)_a[rw]addr", ports)[1]
            for bus in NTT_BUSES[port] if kernel == "ntt_fr" else [port]:
                beats, reads, writes = found.get((kernel, bus), (0, 0, 0))
                if kind == "pc_axi_read":
                    reads = values["FifoDepth"] // values["BurstBeats"]
                else:
                    writes = values["MaxBursts"]
                found[kernel, bus] = (max(beats, values["BurstBeats"]), reads, writes)
    return found


class Limits(unittest.TestCase):
    def test_they_are_those_of_the_masters(self):
        self.assertEqual(told(), built())

    def test_each_bus_that_is_packaged_has_them(self):
        buses = {(kernel, bus) for kernel, text in table("ports").items() for bus in re.findall(r"m_axi_(\w+)", text)}
        self.assertEqual(set(told()), buses)

    def test_no_burst_is_narrow(self):
        """Every size is a beat: the masters have no AxSIZE, so the packaged port has the full one."""
        for path in TOPS.values():
            self.assertNotIn("size_o", (ROOT / path).read_text())
        self.assertIn("SUPPORTS_NARROW_BURST 0", TCL)


if __name__ == "__main__":
    unittest.main()
