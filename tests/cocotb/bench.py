"""A host and a memory around a kernel with Vitis' ports, for cocotb: registers behind AXI4-Lite, AXI4 masters with back-pressure.

All is driven at falling edges. The kernels' outputs depend on no input without a register between, so what a rising edge takes
is known then: what is offered now, and what the kernel says now.
"""
import collections
import json
import pathlib
import xml.etree.ElementTree

from cocotb.triggers import FallingEdge

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CTRL, START, DONE, IDLE, CONTINUE = 0, 1, 2, 4, 16


def offsets(kernel):
    """{argument: offset of its register}, as the XML tells the tools."""
    tree = xml.etree.ElementTree.parse(ROOT / f"bitstreams/abi/{kernel}.kernel.xml")
    return {arg.get("name"): int(arg.get("offset"), 16) for arg in tree.iter("arg")}


def description(kernel):
    return json.loads((ROOT / f"bitstreams/abi/{kernel}.json").read_text())


def fields(kernel, record):
    """{name: number} of a completion record."""
    return {field["name"]: int.from_bytes(record[field["offset"]:field["offset"] + field["bytes"]], "little")
            for field in description(kernel)["completion_record"]}


class Reader:
    """The memory's side of AR and R of one port."""

    def __init__(self, dut, name, memory, random, busy):
        self.memory, self.random, self.busy = memory, random, busy
        self.pins = {pin: getattr(dut, f"m_axi_{name}_{pin}") for pin in
                     ("araddr", "arlen", "arvalid", "arready", "rdata", "rresp", "rlast", "rvalid", "rready")}
        self.beat = len(self.pins["rdata"]) // 8
        self.waiting = collections.deque()  # (address, whether it is a burst's last)
        for pin in ("arready", "rdata", "rresp", "rlast", "rvalid"):
            self.pins[pin].value = 0
        self.offered, self.takes = False, False

    def step(self):
        pins = self.pins
        # What the last rising edge did.
        if self.takes and self.asked is not None:
            address, length = self.asked
            self.waiting.extend((address + self.beat * k, k == length) for k in range(length + 1))
        if self.offered and self.ready:
            self.waiting.popleft()
            self.offered = False
        # What the next one will do.
        self.takes = self.random.random() >= self.busy
        pins["arready"].value = int(self.takes)
        self.asked = (int(pins["araddr"].value), int(pins["arlen"].value)) if int(pins["arvalid"].value) else None
        if not self.offered and self.waiting and self.random.random() >= self.busy:
            address, last = self.waiting[0]
            pins["rdata"].value = int.from_bytes(self.memory[address:address + self.beat], "little")
            pins["rlast"].value = int(last)
            self.offered = True
        pins["rvalid"].value = int(self.offered)
        self.ready = bool(int(pins["rready"].value))


class Writer:
    """The memory's side of AW, W and B of one port."""

    def __init__(self, dut, name, memory, random, busy):
        self.memory, self.random, self.busy = memory, random, busy
        self.pins = {pin: getattr(dut, f"m_axi_{name}_{pin}") for pin in
                     ("awaddr", "awlen", "awvalid", "awready", "wdata", "wstrb", "wlast", "wvalid", "wready", "bresp", "bvalid", "bready")}
        self.beat = len(self.pins["wdata"]) // 8
        self.bursts, self.beats = collections.deque(), collections.deque()
        self.answers, self.written = 0, 0
        for pin in ("awready", "wready", "bresp", "bvalid"):
            self.pins[pin].value = 0
        self.address = self.word = None
        self.offered = False

    def step(self):
        pins = self.pins
        if self.address is not None:
            self.bursts.append(self.address)
        if self.word is not None:
            self.beats.append(self.word)
        if self.offered and self.ready:
            self.answers -= 1
            self.offered = False
        # A burst is written once all of it is here.
        while self.bursts and len(self.beats) > self.bursts[0][1]:
            address, length = self.bursts.popleft()
            for k in range(length + 1):
                data, strobes, last = self.beats.popleft()
                assert last == (k == length), f"wlast in beat {k} of a burst of {length + 1}"
                for i in range(self.beat):
                    if strobes >> i & 1:
                        self.memory[address + self.beat * k + i] = data >> 8 * i & 255
                        self.written += 1
            self.answers += 1
        take_address, take_word = self.random.random() >= self.busy, self.random.random() >= self.busy
        pins["awready"].value, pins["wready"].value = int(take_address), int(take_word)
        self.address = (int(pins["awaddr"].value), int(pins["awlen"].value)) if take_address and int(pins["awvalid"].value) else None
        self.word = (int(pins["wdata"].value), int(pins["wstrb"].value), bool(int(pins["wlast"].value))) \
            if take_word and int(pins["wvalid"].value) else None
        self.offered = self.offered or (self.answers > 0 and self.random.random() >= self.busy)
        pins["bvalid"].value = int(self.offered)
        self.ready = bool(int(pins["bready"].value))


class Bench:
    def __init__(self, dut, kernel, readers, writers, size, random, busy=0.3):
        self.dut, self.random, self.offsets = dut, random, offsets(kernel)
        self.memory = bytearray(size)
        self.ports = [Reader(dut, name, self.memory, random, busy) for name in readers]
        self.ports += [Writer(dut, name, self.memory, random, busy) for name in writers]
        self.cycles = 0
        for pin in ("awaddr", "awvalid", "wdata", "wstrb", "wvalid", "bready", "araddr", "arvalid", "rready"):
            getattr(dut, f"s_axi_control_{pin}").value = 0

    async def cycle(self):
        await FallingEdge(self.dut.ap_clk)
        self.cycles += 1
        for port in self.ports:
            port.step()

    async def reset(self):
        self.dut.ap_rst_n.value = 0
        for _ in range(4):
            await FallingEdge(self.dut.ap_clk)
        self.dut.ap_rst_n.value = 1
        await self.cycle()

    def control(self, pin):
        return getattr(self.dut, f"s_axi_control_{pin}")

    async def write(self, offset, value):
        todo = {"aw", "w"}
        self.control("awaddr").value, self.control("wdata").value, self.control("wstrb").value = offset, value, 15
        valid = set()
        while todo:
            valid |= {half for half in todo if self.random.random() < 0.5}
            self.control("awvalid").value, self.control("wvalid").value = int("aw" in valid), int("w" in valid)
            taken = {half for half in valid if int(self.control(f"{half}ready").value)}
            await self.cycle()
            valid, todo = valid - taken, todo - taken
        self.control("awvalid").value = self.control("wvalid").value = 0
        self.control("bready").value = 1
        while not int(self.control("bvalid").value):
            await self.cycle()
        await self.cycle()
        self.control("bready").value = 0

    async def read(self, offset):
        self.control("araddr").value, self.control("arvalid").value = offset, 1
        while not int(self.control("arready").value):
            await self.cycle()
        await self.cycle()
        self.control("arvalid").value, self.control("rready").value = 0, 1
        while not int(self.control("rvalid").value):
            await self.cycle()
        value = int(self.control("rdata").value)
        await self.cycle()
        self.control("rready").value = 0
        return value

    async def run(self, arguments, pointers, patience=200_000):
        """Starts a job and waits for done; returns its completion record, 64 bytes at the argument status."""
        for name, value in arguments.items():
            await self.write(self.offsets[name], value & 0xffffffff)
            if name in pointers:
                await self.write(self.offsets[name] + 4, value >> 32)
        await self.write(CTRL, START)
        end = self.cycles + patience
        while not await self.read(CTRL) & DONE:
            assert self.cycles < end, "the job does not end"
        await self.write(CTRL, CONTINUE)
        assert await self.read(CTRL) == IDLE
        return bytes(self.memory[arguments["status"]:arguments["status"] + 64])
