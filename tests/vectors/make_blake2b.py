#!/usr/bin/env python3
"""Makes blake2b.txt: digests of host/hash/blake2b.hpp by Python's hashlib.

Usage: tests/vectors/make_blake2b.py > tests/vectors/blake2b.txt

Lines: SIZE DIGEST     of the bytes 7 i mod 256, i < SIZE
"""
from hashlib import blake2b

for size in [0, 1, 2, 63, 64, 65, *range(126, 131), *range(254, 259), 1000, 4096]:
    print(size, blake2b(bytes(7 * i % 256 for i in range(size))).hexdigest())
