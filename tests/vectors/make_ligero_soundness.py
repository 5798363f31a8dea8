#!/usr/bin/env python3
"""Makes ligero_soundness.txt: parameters and security of arguments about equations (host/zk/ligero/parameters.hpp), worked
out from docs/hash-commitments.md with 60 digits.

Usage: tests/vectors/make_ligero_soundness.py > tests/vectors/ligero_soundness.txt
       tests/vectors/make_ligero_soundness.py --table    the table of the search in docs/hash-commitments.md

Lines: case SECURITY VALUES PRODUCTS
       code COLUMN_LEN ROWS QUERIES COEFFICIENTS SUM_COEFFICIENTS SUM_MASKS COLUMNS FACTOR_COLUMNS BYTES
       list BITS            log2 of the length of the list
       step BITS            per step, in the order of soundness(), for 2^20 equations
       total BITS
"""
import sys
from decimal import Decimal, getcontext

getcontext().prec = 60
P = 21888242871839275222246405745257275088548364400416034343698204186575808495617
GRINDING = 16
EQUATIONS = 2**20
M = 256


def bits(probability):
    return -Decimal(probability).ln() / Decimal(2).ln()


def ceil_div(a, b):
    return -(-a // b)


class Code:
    def __init__(self, security, values, products, column_len, rows):
        self.values, self.products, self.len, self.rows = values, products, column_len, rows
        share = Decimal(2) ** -security * Decimal(2) ** Decimal("-0.02")
        self.found = False
        self.queries = 0
        while not self.found:
            self.queries += 1
            self.k = column_len + self.queries + 1
            if 4 * self.k > rows:
                return
            # Of the sum polynomial: products of two columns, or of a column and one of column_len coefficients.
            self.sum_k = 2 * self.k - 1 if products else self.k + column_len - 1
            self.found = self.query_error() <= share
        # Masks reach from power 0 to the highest one, each at most column_len after the one before.
        self.sum_masks = 1
        while self.sum_masks == 1 or (self.sum_masks - 1) * column_len < self.sum_k - self.k:
            self.sum_masks += 1
        self.columns = ceil_div(values, column_len) + self.sum_masks + 1
        self.factor_columns = ceil_div(products, column_len)
        self.all_columns = self.columns + 2 * self.factor_columns
        self.elements = self.all_columns * rows
        path = rows.bit_length() - 1 - (self.queries.bit_length() - 1)
        words = 2 if products else 1
        self.bytes = (32 * (self.queries * self.all_columns + self.k + self.sum_k)
                      + 32 * words * (1 + self.queries * path) + 8)

    def agreement(self):
        return (1 + 1 / Decimal(2 * M)) * (Decimal(self.k) / self.rows).sqrt()

    def query_error(self):
        assert self.agreement() > Decimal(self.sum_k - 1) / self.rows
        return self.agreement() ** self.queries / 2**GRINDING

    def list_size(self):
        rate = Decimal(self.k) / self.rows
        a = self.agreement()
        bound = (Decimal(M) + Decimal("0.5")) / rate.sqrt()
        assert a / (a * a - rate) <= bound
        return bound

    def errors(self):
        size = self.list_size()
        out = [size * EQUATIONS / P]
        if self.products:
            out.append(size * 2 * self.factor_columns * self.len / P)
        reduced = Decimal(self.k - 1) / self.rows
        line = (Decimal(M) + Decimal("0.5")) ** 7 * self.rows**2 / (3 * reduced * reduced.sqrt()) / P
        pairs = 1
        while 2 * pairs < self.all_columns - 1:
            pairs *= 2
        while pairs >= 1 and self.all_columns > 2:
            out.append(pairs * line)
            pairs //= 2
        out.append(line)
        out.append(self.query_error())
        return out


def codes(security, values, products):
    out = []
    for log_len in range(3, 13):
        for log_rows in range(log_len + 2, 17):
            code = Code(security, values, products, 2**log_len, 2**log_rows)
            if code.found:
                out.append(code)
    return out


def allowed(code):
    return code.elements <= max(2**16, 32 * (code.values + 2 * code.products))


def case(security, values, products):
    print("case", security, values, products)
    code = min(filter(allowed, codes(security, values, products)), key=lambda c: c.bytes)
    print("code", code.len, code.rows, code.queries, code.k, code.sum_k, code.sum_masks, code.columns,
          code.factor_columns, code.bytes)
    print("list", round(bits(1 / code.list_size()), 9))
    for error in code.errors():
        print("step", round(bits(error), 9))
    total = bits(sum(code.errors()))
    assert total >= security
    print("total", round(total, 9))


def table(security, values, products):
    print("| values a column | rows | rate | queries | bytes | elements |")
    print("| --- | --- | --- | --- | --- | --- |")
    for code in codes(security, values, products):
        if 64 <= code.len <= 512 and 2**11 <= code.rows <= 2**14:
            print(f"| {code.len} | {code.rows} | 1/{code.rows / code.k:.0f} | {code.queries} | {code.bytes / 1000:.1f} kB "
                  f"| {code.elements / 1000:.0f} k |")


if sys.argv[1:] == ["--table"]:
    table(100, 1024, 128)
else:
    for arguments in [(100, 1, 0), (100, 1, 1), (100, 64, 0), (100, 65, 3), (100, 1024, 128), (128, 1024, 128),
                      (100, 1000, 0), (100, 3000, 40), (100, 5000, 5000), (100, 100000, 300), (120, 2**20, 2**18),
                      (20, 6, 1), (140, 700, 9)]:
        case(*arguments)
