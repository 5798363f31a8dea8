#!/usr/bin/env python3
"""Makes merkle_hash.txt: digests of host/kernels/merkle_hash.hpp and of host/hash/sha256.hpp, by Python's hashlib.

Usage: tests/vectors/make_merkle_hash.py > tests/vectors/merkle_hash.txt

Lines: sha256 SIZE DIGEST     of the bytes 7 i mod 256, i < SIZE
       leaf WIDTH DIGEST      of the row 5^1000, 5^1001, .. mod p
       node DIGEST            of the leaves of widths 1 and 2
       nonce BITS NONCE       the smallest that gives as many zero bits with the node's digest as seed
"""
from hashlib import sha256

P = 21888242871839275222246405745257275088548364400416034343698204186575808495617


def leaf(width):
    row = [pow(5, 1000 + i, P) for i in range(width)]
    return sha256(b"\0" + b"".join(v.to_bytes(32, "little") for v in row)).digest()


def smallest_nonce(seed, bits):
    nonce = 0
    while int.from_bytes(sha256(b"\2" + seed + nonce.to_bytes(8, "little")).digest(), "big") >> (256 - bits):
        nonce += 1
    return nonce


for size in [*range(130), 1000, 4096]:
    print("sha256", size, sha256(bytes(7 * i % 256 for i in range(size))).hexdigest())
for width in [0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 64]:
    print("leaf", width, leaf(width).hex())
node = sha256(b"\1" + leaf(1) + leaf(2)).digest()
print("node", node.hex())
for bits in [0, 1, 5, 12, 16, 18]:
    print("nonce", bits, smallest_nonce(node, bits))
