#!/usr/bin/env python3
"""scripts/netlist.py on small netlists whose depth is known."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import netlist  # noqa: E402


def measure(*lines):
    with tempfile.NamedTemporaryFile("w", suffix=".blif") as file:
        file.write("\n".join([".model top", ".inputs a b clk", ".outputs q", *lines, ".end", ""]))
        file.flush()
        return netlist.measure(file.name)


def carry(index, low):
    pins = " ".join(f"O[{i}]=o{4 * index + i} CO[{i}]=c{4 * index + i} S[{i}]=a DI[{i}]=b" for i in range(4))
    return f".subckt CARRY4 CI={low} CYINIT=$false {pins}"


class LevelsTest(unittest.TestCase):
    def test_counts_luts_between_registers_only(self):
        result = measure(".subckt LUT2 I0=a I1=b O=n1", ".subckt FDRE C=clk CE=$true D=n1 Q=n2 R=$false",
                         ".subckt LUT1 I0=n2 O=n3", ".subckt INV I=n3 O=n4", ".subckt LUT6 I0=n4 I1=a O=q")
        self.assertEqual(result["levels"], 3)
        self.assertEqual([cell.split()[0] for cell in result["path"]], ["LUT1", "INV", "LUT6"])

    def test_multiplexers_carries_and_dsp_blocks_pass_on(self):
        result = measure(".subckt LUT1 I0=a O=n1", ".subckt MUXF7 I0=n1 I1=b S=a O=n2",
                         ".subckt DSP48E2 A[0]=n2 B[0]=b P[0]=n3", ".param PREG 00000000000000000000000000000000",
                         carry(0, "n3"), ".subckt LUT2 I0=o2 I1=a O=q")
        self.assertEqual(result["levels"], 2)

    def test_memory_is_read_through_its_address_only(self):
        ram = ".subckt RAM32X1D A0=a D={} DPO=n2 DPRA0={} SPO=n3 WCLK=clk WE=a"
        self.assertEqual(measure(".subckt LUT1 I0=a O=n1", ram.format("n1", "b"), ".subckt LUT1 I0=n2 O=q")["levels"], 2)
        self.assertEqual(measure(".subckt LUT1 I0=a O=n1", ram.format("b", "n1"), ".subckt LUT1 I0=n2 O=q")["levels"], 3)

    def test_refuses_loops_and_what_it_does_not_know(self):
        with self.assertRaisesRegex(ValueError, "loop"):
            measure(".subckt LUT2 I0=a I1=n2 O=n1", ".subckt LUT1 I0=n1 O=n2", ".subckt LUT1 I0=n2 O=q")
        with self.assertRaisesRegex(ValueError, "unknown cell FOO"):
            measure(".subckt FOO I=a O=q")
        with self.assertRaisesRegex(ValueError, "DSP block with registers"):
            measure(".subckt DSP48E2 A[0]=a P[0]=q", ".param PREG 00000000000000000000000000000001")


class CarryTest(unittest.TestCase):
    def test_follows_the_chain_to_its_last_read_bit(self):
        chain = [carry(1, "c3"), carry(0, "$false"), carry(2, "c7")]
        self.assertEqual(measure(*chain, ".subckt LUT1 I0=o9 O=q")["carry_bits"], 10)
        self.assertEqual(measure(*chain[:2], ".subckt LUT1 I0=o4 O=q")["carry_bits"], 5)

    def test_chains_that_share_no_carry_are_apart(self):
        self.assertEqual(measure(carry(0, "$false"), carry(1, "$false"), ".subckt LUT2 I0=o3 I1=o7 O=q")["carry_bits"], 4)


if __name__ == "__main__":
    unittest.main()
