"""Random jobs of hadamard_fr under back-pressure, against models.hadamard; records; arguments that are refused."""
import os
import random

import cocotb
from cocotb.clock import Clock

import models
from bench import Bench, description, fields

KERNEL = "hadamard_fr"
BASE, SHARE = 4096, 1 << 16
SEED = int(os.environ.get("SEED", "1"))
POINTERS = {"in_0", "in_1", "out", "status"}


async def start(dut, busy):
    cocotb.start_soon(Clock(dut.ap_clk, 2, units="ns").start())
    bench = Bench(dut, KERNEL, ["gmem_in_0", "gmem_in_1"], ["gmem_out"], 4 * SHARE, random.Random(SEED), busy)
    await bench.reset()
    return bench


def job(bench, size):
    words = (size + 1) // 2
    first, stride = bench.random.randrange(8), words + bench.random.randrange(5)
    return {"in_0": BASE, "in_1": BASE + SHARE, "out": 3 * SHARE, "status": 3 * SHARE - 64, "num_elements": size, "first_word": first,
            "stride_words": stride, "flags": 0, "job_id": bench.random.getrandbits(32)}


def fill(bench, arguments):
    """Random vectors a, b and c, in memory as the description says."""
    size = arguments["num_elements"]
    vectors = []
    for part in range(3):
        vector = [bench.random.choice((0, 1, models.R - 1, bench.random.randrange(models.R))) for _ in range(size)]
        for i, value in enumerate(vector):
            word = arguments["first_word"] + part * arguments["stride_words"] + i // 2
            at = arguments[f"in_{i % 2}"] + 32 * word
            bench.memory[at:at + 32] = value.to_bytes(32, "little")
        vectors.append(vector)
    return vectors


async def check(bench, size):
    arguments = job(bench, size)
    vectors = fill(bench, arguments)
    end = arguments["out"] + 64 * ((size + 1) // 2)
    bench.memory[arguments["out"]:end + 64] = bytes([0xa5]) * (end + 64 - arguments["out"])
    record = fields(KERNEL, await bench.run(arguments, POINTERS))
    assert (record["error"], record["job_id"]) == (0, arguments["job_id"]), record
    hash_registers = await bench.read(0x800) | await bench.read(0x804) << 32
    assert record["abi_hash"] == hash_registers != 0
    assert record["busy_cycles"] == size and record["stored_words"] == (size + 1) // 2, record
    expected = models.hadamard(*vectors) + [0] * (size % 2)
    found = [int.from_bytes(bench.memory[at:at + 32], "little") for at in range(arguments["out"], end, 32)]
    assert found == expected, f"{size} elements: element {next(i for i, pair in enumerate(zip(found, expected)) if pair[0] != pair[1])} differs"
    assert bench.memory[end:end + 64] == bytes([0xa5]) * 64, "something was written past the results"


@cocotb.test()
async def random_jobs(dut):
    for busy in (0.0, 0.3, 0.8):
        bench = await start(dut, busy)
        for size in (1, 2, 63, 64, 65, bench.random.randrange(1, 500)):
            await check(bench, size)


@cocotb.test()
async def refuses_arguments(dut):
    bench = await start(dut, 0.3)
    errors = {error["name"]: error["code"] for error in description(KERNEL)["errors"]}
    for change, error in (({"num_elements": (1 << 27) + 1}, "bad_size"), ({"flags": 1}, "reserved_argument"),
                          ({"out": 3 * SHARE + 32}, "bad_alignment")):
        arguments = {**job(bench, 4), **change}
        assert fields(KERNEL, await bench.run(arguments, POINTERS))["error"] == errors[error], error
    # No place for a record.
    before = bytes(bench.memory)
    arguments = job(bench, 4)
    await bench.run({**arguments, "status": arguments["status"] + 4}, POINTERS)
    assert bytes(bench.memory) == before
    await check(bench, 5)
