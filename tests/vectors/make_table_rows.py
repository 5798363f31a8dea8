#!/usr/bin/env python3
"""Makes table_rows.csv: rows of every function of host/tensor/table.hpp, computed with mpmath.

Usage: tests/vectors/make_table_rows.py > tests/vectors/table_rows.csv   (pip install mpmath)

Most rows are chosen so that f(x * in_scale) / out_scale is within 2^-50 of a half integer, which double precision
cannot decide; the others are far out, near zero, and where the result just saturates.
"""
import random
import sys

import mpmath
from mpmath import mp, mpf

mp.dps = 900
LIMIT = 2**39


def gelu(x):
    return x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def gelu_tanh(x):
    u = mpmath.sqrt(2 / mp.pi) * (x + mpf(44715) / 1000000 * x**3)
    return x / (1 + mpmath.exp(-2 * u))


def clamp(v, lo, hi):
    return max(mpf(lo), min(mpf(hi), v))


def power(x, a):
    if (x == 0 and a < 0) or (x < 0 and a != mpmath.floor(a)):
        return mpf(0)
    return mpmath.power(x, int(a) if a == mpmath.floor(a) else a)


FUNCTIONS = {
    "clamp": lambda x, p: x,
    "leaky_relu": lambda x, p: p[0] * x if x < 0 else x,
    "sigmoid": lambda x, p: 1 / (1 + mpmath.exp(-x)),
    "tanh": lambda x, p: mpmath.tanh(x),
    "elu": lambda x, p: p[0] * mpmath.expm1(x) if x < 0 else x,
    "gelu": lambda x, p: gelu(x),
    "erf": lambda x, p: mpmath.erf(x),
    "hard_sigmoid": lambda x, p: clamp(p[0] * x + p[1], 0, 1),
    "hard_swish": lambda x, p: x * clamp(x + 3, 0, 6) / 6,
    "exp": lambda x, p: mpmath.exp(x),
    "sqrt": lambda x, p: mpmath.sqrt(clamp(x, 0, mpf(2) ** 2000)),
    "reciprocal": lambda x, p: 1 / x if x != 0 else mpf(0),
    "softplus": lambda x, p: clamp(x, 0, mpf(2) ** 2000) + mpmath.log1p(mpmath.exp(-abs(x))),
    "square": lambda x, p: x * x,
    "abs": lambda x, p: abs(x),
    "gelu_tanh": lambda x, p: gelu_tanh(x),
    "log": lambda x, p: mpmath.log(x) if x > 0 else -mpmath.inf,
    "power": lambda x, p: power(x, p[0]),
    "floor": lambda x, p: mpmath.floor(x),
    "ceil": lambda x, p: mpmath.ceil(x),
    "round": lambda x, p: mpmath.nint(x),
    "sign": lambda x, p: mpmath.sign(x),
    "sin": lambda x, p: mpmath.sin(x),
    "cos": lambda x, p: mpmath.cos(x),
    "tan": lambda x, p: mpmath.tan(x),
    "asin": lambda x, p: mpmath.asin(clamp(x, -1, 1)),
    "acos": lambda x, p: mpmath.acos(clamp(x, -1, 1)),
    "atan": lambda x, p: mpmath.atan(x),
    "sinh": lambda x, p: mpmath.sinh(x),
    "cosh": lambda x, p: mpmath.cosh(x),
    "asinh": lambda x, p: mpmath.asinh(x),
    "acosh": lambda x, p: mpmath.acosh(max(x, mpf(1))),
    "atanh": lambda x, p: mpmath.inf if x >= 1 else -mpmath.inf if x <= -1 else mpmath.atanh(x),
    "softsign": lambda x, p: x / (1 + abs(x)),
    "mish": lambda x, p: x * mpmath.tanh(clamp(x, 0, mpf(2) ** 2000) + mpmath.log1p(mpmath.exp(-abs(x)))),
    "shrink": lambda x, p: x + p[1] if x < -p[0] else x - p[1] if x > p[0] else mpf(0),
    "thresholded": lambda x, p: x if x > p[0] else mpf(0),
}
PARAMS = {"leaky_relu": [[0.01], [-1.75]], "elu": [[1.0], [0.375]], "hard_sigmoid": [[0.2, 0.5], [0.03, 0.1]],
          "power": [[3.0], [2.5], [-2.0]], "shrink": [[0.5, 0.1], [1.25, -0.5]], "thresholded": [[1.0], [-0.5]]}


def row(name, in_scale, out_scale, params, x):
    value = FUNCTIONS[name](mpf(x) * mpf(in_scale), [mpf(p) for p in params]) / mpf(out_scale)
    if mpmath.isinf(value):
        return LIMIT if value > 0 else -LIMIT
    return int(clamp(mpmath.floor(value + mpf(1) / 2), -LIMIT, LIMIT))


def main():
    random.seed(7)
    print("# made by make_table_rows.py with mpmath: function, in_scale, out_scale, parameters, x, row")
    for name in FUNCTIONS:
        cases = []
        for params in PARAMS.get(name, [[]]):
            for real in (-40.5, -9.7, -3.1, -0.8, -0.011, 1e-5, 0.02, 0.7, 2.9, 8.3, 12.6, 35.0):
                x = random.randrange(1, 2**16) * (1 if real > 0 else -1)
                in_scale = abs(real / x)
                value = FUNCTIONS[name](mpf(x) * mpf(in_scale), [mpf(p) for p in params])
                target = random.randrange(2 ** random.randrange(2, 39)) + mpf(1) / 2
                out_scale = float(abs(value) / target) if value != 0 and mpmath.isfinite(value) else 1.0
                if out_scale > 0:
                    cases.append((in_scale, out_scale, params, x))
            # The third makes ties of x itself: mp.dps is enough to see on which side of them its functions are.
            for in_scale, out_scale in ((2.0**-70, 2.0**-75), (1e12, 3e5), (2.0**-6, 2.0**-5), (1e-300, 1e-301)):
                cases += [(in_scale, out_scale, params, x) for x in (-1001, -3, 0, 5, 1001)]
        for in_scale, out_scale, params, x in cases:
            fields = [name, in_scale.hex(), out_scale.hex(), " ".join(p.hex() for p in params), str(x)]
            print(",".join(fields + [str(row(name, in_scale, out_scale, params, x))]))


if __name__ == "__main__":
    sys.exit(main())
