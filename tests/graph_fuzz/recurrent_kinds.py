"""Random recurrent layers."""

import numpy as np

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def recurrent(g):
    x = g.operand(lambda v: v.is_float and v.rank == 3 and v.shape[0] <= 6 and v.shape[1] <= 4)
    if not x:
        return None
    op = g.pick(sorted(GATES))
    direction = g.pick(["forward", "forward", "reverse", "bidirectional"])
    hidden, gates = g.integer(1, 4), GATES[op]
    directions = 2 if direction == "bidirectional" else 1
    size = max(abs(x.low), abs(x.high), 1e-6)  # what enters the gates is of their own size
    w = g.constant(g.rng.standard_normal([directions, gates * hidden, x.shape[2]]) / size, np.float32, smooth=True)
    r = g.constant(0.5 * g.rng.standard_normal([directions, gates * hidden, hidden]), np.float32, smooth=True)
    b = g.constant(0.5 * g.rng.standard_normal([directions, 2 * gates * hidden]), np.float32, smooth=True) if g.chance(0.7) else None
    attributes = {"hidden_size": hidden, "direction": direction}
    if op == "GRU":
        attributes["linear_before_reset"] = g.integer(0, 1)
    initial = []
    if g.chance(0.3):
        initial = [None, g.constant(g.rng.uniform(-1, 1, [directions, x.shape[1], hidden]), np.float32, smooth=True)]
    return g.node(op, x, w, r, b, *initial, outputs=3 if op == "LSTM" else 2, **attributes)


RECURRENT = [(recurrent, 2)]
