"""Reads a flat netlist that Yosys wrote for UltraScale+ (write_blif -param) and measures it between registers.

measure(path) returns
  levels       the most LUTs in a row from a register, memory or input to the next; an inverter counts as a LUT, a read of
               distributed RAM as one, multiplexers of a slice (MUXF7-9) and carry cells as none. A DSP block without
               registers passes on what it gets: LUTs before and behind it are added up. A black box of this tree (pc_*)
               counts as a register: what is inside is measured on its own.
  path         the cells of the longest way, first to last
  carry_bits   the longest chain of carry cells, in bits that something reads
"""

import collections
import re

LUT = re.compile(r"LUT[1-6]|INV")
REGISTER = re.compile(r"FD[RSCP]E(_1)?|LD[CP]E|RAMB\d+E\d|URAM288\w*|\S*\bpc_\w+")
FREE = re.compile(r"MUXF[789]|CARRY[48]|BUFG\w*|[IO]BUF")
DISTRIBUTED_RAM = re.compile(r"RAM\d+[MX]\w+")
SHIFT_REGISTER = re.compile(r"SRL\w+")
CONSTANTS = {"$false", "$true", "$undef"}
OUTPUT_PIN = re.compile(
    r"(O|Q|Q15|Q31|P|CO|DO\w*|SPO|DPO|PCOUT|ACOUT|BCOUT|CARRYOUT|CARRYCASCOUT|MULTSIGNOUT|OVERFLOW|UNDERFLOW|"
    r"PATTERNDETECT|PATTERNBDETECT|XOROUT|DOUT\w*|RDACCESS_\w|SBITERR\w*|DBITERR\w*|CAS_OUT\w*|CASDOUT\w*|\w+_o)(\[\d+\])?")
# Of the pins of these cells only some lead to an output without a clock.
ADDRESS_PIN = re.compile(r"(ADDR\w*|A\d?|DPRA\d?|RA\d?)(\[\d+\])?")


class Netlist:
    def __init__(self, lines):
        self.kinds = []
        self.ins = []  # per cell: nets that its outputs follow without a clock
        self.driver = {}
        self.loads = collections.Counter()
        self.carries = []
        parameters = {}
        for line in lines:
            if line.startswith(".subckt") or line.startswith(".gate"):
                self._finish(parameters)
                parameters = {}
                self._add(line.split())
            elif line.startswith(".param"):
                _, name, value = line.split(None, 2)
                parameters[name] = value.strip()
            elif line.startswith(".outputs"):
                self.loads.update(line.split()[1:])
            elif line.startswith(".names") and len(line.split()) == 3:  # a net by another name
                _, source, alias = line.split()
                self._finish(parameters)
                parameters = {}
                self._cell("BUFG", [source], [alias])
        self._finish(parameters)

    def _cell(self, kind, inputs, outputs):
        for net in outputs:
            self.driver[net] = len(self.kinds)
        self.loads.update(inputs)
        self.kinds.append(kind)
        self.ins.append([net for net in inputs if net not in CONSTANTS])

    def _add(self, words):
        kind = words[1]
        pins = [word.split("=", 1) for word in words[2:]]
        outputs = [net for pin, net in pins if OUTPUT_PIN.fullmatch(pin)]
        inputs = [(pin, net) for pin, net in pins if not OUTPUT_PIN.fullmatch(pin)]
        if kind.startswith("CARRY"):
            self.carries.append(dict(pins))
        self._cell(kind, [net for _, net in inputs], outputs)
        if DISTRIBUTED_RAM.fullmatch(kind) or SHIFT_REGISTER.fullmatch(kind):
            self.ins[-1] = [net for pin, net in inputs if ADDRESS_PIN.fullmatch(pin) and net not in CONSTANTS]

    def _finish(self, parameters):
        if self.kinds and self.kinds[-1].startswith("DSP"):
            registers = [parameters.get(name, "0").strip('"') for name in ("PREG", "MREG", "AREG")]
            if any("1" in value for value in registers):
                raise ValueError("a DSP block with registers: its pins are not told apart here")

    def cost(self, cell):
        kind = self.kinds[cell]
        if LUT.fullmatch(kind) or DISTRIBUTED_RAM.fullmatch(kind):
            return 1
        if FREE.fullmatch(kind) or kind.startswith("DSP") or REGISTER.fullmatch(kind) or SHIFT_REGISTER.fullmatch(kind):
            return 0
        raise ValueError(f"unknown cell {kind}")

    def longest_path(self):
        """(levels, cells of the path). Raises on a combinational loop."""
        depth = [None] * len(self.kinds)
        before = [None] * len(self.kinds)
        for start in range(len(self.kinds)):
            stack = [start]
            while stack:
                cell = stack[-1]
                if depth[cell] is None:
                    depth[cell] = -1  # being visited
                    if not REGISTER.fullmatch(self.kinds[cell]):
                        for net in self.ins[cell]:
                            source = self.driver.get(net)
                            if source is None or REGISTER.fullmatch(self.kinds[source]):
                                continue
                            if depth[source] is None:
                                stack.append(source)
                            elif depth[source] == -1 and source != cell:
                                raise ValueError(f"combinational loop through {self.kinds[source]} {net}")
                    continue
                stack.pop()
                if depth[cell] != -1:
                    continue
                most = 0
                if not REGISTER.fullmatch(self.kinds[cell]):
                    for net in self.ins[cell]:
                        source = self.driver.get(net)
                        if source is not None and not REGISTER.fullmatch(self.kinds[source]) and depth[source] >= most:
                            most, before[cell] = depth[source], source
                depth[cell] = most + self.cost(cell)
        last = max(range(len(depth)), key=lambda cell: depth[cell], default=None)
        if last is None:
            return 0, []
        path, cell = [], last
        names = {}
        for net, source in self.driver.items():
            names.setdefault(source, net)
        while cell is not None:
            path.append(f"{self.kinds[cell]} {names.get(cell, '')}")
            cell = before[cell]
        return depth[last], path[::-1]

    def carry_bits(self):
        follows = {pins["CI"]: pins for pins in self.carries if pins.get("CI") not in CONSTANTS}
        top = lambda pins: "CO[7]" if "CO[7]" in pins else "CO[3]"
        chained = {pins[top(pins)] for pins in self.carries}
        longest = 0
        for pins in self.carries:
            if pins.get("CI") in chained:
                continue
            bits, used = 0, 0
            while pins is not None:
                for i in range(8 if "CO[7]" in pins else 4):
                    bits += 1
                    if self.loads[pins.get(f"O[{i}]")] or self.loads[pins.get(f"CO[{i}]")]:
                        used = bits
                pins = follows.get(pins[top(pins)])
            longest = max(longest, used)
        return longest


def measure(path):
    with open(path, encoding="utf-8") as file:
        netlist = Netlist(file)
    levels, cells = netlist.longest_path()
    return {"levels": levels, "path": cells, "carry_bits": netlist.carry_bits()}
