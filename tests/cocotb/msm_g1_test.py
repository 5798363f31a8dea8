"""Random jobs of msm_g1 under back-pressure, against sums of multiples in whole numbers; records."""
import os
import random

import cocotb
from cocotb.clock import Clock

import models
from bench import Bench, description, fields

KERNEL = "msm_g1"
BASES, SCALARS, RESULTS, STATUS, SIZE = 1 << 12, 1 << 16, 1 << 18, 1 << 20, (1 << 20) + 64
POINTERS = {"bases", "scalars", "results", "status"}
SEED = int(os.environ.get("SEED", "1"))
FORMATS = {entry["bits"]: entry for entry in description(KERNEL)["scalar_formats"]}


def on_curve(random_numbers):
    """A random point: half of all x have a y."""
    while True:
        x = random_numbers.randrange(models.P)
        square = (x ** 3 + 3) % models.P
        y = pow(square, (models.P + 1) // 4, models.P)
        if y * y % models.P == square:
            return x, random_numbers.choice((y, models.P - y))


def coordinate(value):
    return (value * 2 ** 256 % models.P).to_bytes(32, "little")


def affine(data):
    inverse = pow(2 ** 256, -1, models.P)
    x, y, z = (int.from_bytes(data[k:k + 32], "little") * inverse % models.P for k in (0, 32, 64))
    return None if z == 0 else (x * pow(z, -1, models.P) % models.P, y * pow(z, -1, models.P) % models.P)


async def check(bench, num_points, num_rows, bits):
    numbers = bench.random
    points = [numbers.choice((None, on_curve(numbers), on_curve(numbers))) for _ in range(num_points)]
    if num_points > 2:
        points[1] = points[0]  # doublings
    for i, point in enumerate(points):
        bench.memory[BASES + 64 * i:BASES + 64 * i + 64] = b"".join(map(coordinate, point)) if point else bytes(64)
    low, high = (0, models.R - 1) if bits == 254 else (-2 ** (bits - 1), 2 ** (bits - 1) - 1)
    size = 32 if bits == 254 else bits // 8
    stride = -(-num_points * size // 64) * 64
    rows = [[numbers.choice((0, 1, low, high, numbers.randint(low, high))) for _ in points] for _ in range(num_rows)]
    for r, row in enumerate(rows):
        data = b"".join(scalar.to_bytes(size, "little", signed=bits != 254) for scalar in row)
        bench.memory[SCALARS + stride * r:SCALARS + stride * r + len(data)] = data
    width = (await bench.read(0x808)) >> 8 * [8, 16, 32, 254].index(bits) & 255
    windows = -(-FORMATS[bits]["digit_range_bits"] // width)
    arguments = {"bases": BASES, "scalars": SCALARS, "results": RESULTS, "status": STATUS, "num_points": num_points, "num_msms": num_rows,
                 "scalar_bits": bits, "first_window": 0, "num_windows": windows, "flags": 0, "job_id": numbers.getrandbits(32),
                 "bases_stride": 0, "num_multiples": 0}
    record = fields(KERNEL, await bench.run(arguments, POINTERS))
    assert (record["error"], record["job_id"]) == (0, arguments["job_id"]), record
    assert record["abi_hash"] == await bench.read(0x800) | await bench.read(0x804) << 32 != 0
    for r, row in enumerate(rows):
        expected = None
        for scalar, point in zip(row, points):
            expected = models.add(expected, models.multiply(point, scalar % models.R))
        found = None
        for w in reversed(range(windows)):
            at = RESULTS + 128 * (r * windows + w)
            found = models.add(models.multiply(found, 1 << width), affine(bench.memory[at:at + 96]))
        assert found == expected, f"{num_points} points of {bits} bits, row {r}"


@cocotb.test()
async def random_jobs(dut):
    cocotb.start_soon(Clock(dut.ap_clk, 2, units="ns").start())
    bench = Bench(dut, KERNEL, ["gmem_bases", "gmem_scalars"], ["gmem_results"], SIZE, random.Random(SEED))
    await bench.reset()
    for points, rows, bits in ((5, 1, 8), (0, 1, 254), (33, 2, 16), (20, 1, 32), (bench.random.randrange(3, 40), 1, 254)):
        await check(bench, points, rows, bits)
