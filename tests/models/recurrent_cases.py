"""Recurrent layers: RNN, GRU and LSTM in their forms, as one layer and as exporters stack them."""

import numpy as np

from model_case import ModelCase, he, small

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def layer(case, rng, op, x, features, hidden, directions=1, batch=1, bias=True, initial=False, lengths=None,
          peepholes=False, outputs=1, **attributes):
    """Adds a layer over x of shape [time, batch, features]; returns its outputs (Y, Y_h, Y_c)."""
    rows = GATES[op] * hidden
    inputs = [x, case.const(0.6 * he(rng, directions, rows, features)), case.const(0.6 * he(rng, directions, rows, hidden)),
              case.const(small(rng, directions, 2 * rows)) if bias else "",
              case.const([lengths] * batch, np.int32) if lengths else ""]
    states = 2 if op == "LSTM" else 1
    inputs += [case.const(0.5 * rng.standard_normal((directions, batch, hidden))) for _ in range(states)] if initial else \
        [""] * states
    if peepholes:
        inputs.append(case.const(0.3 * rng.standard_normal((directions, 3 * hidden))))
    while inputs[-1] == "":
        inputs.pop()
    return case.node(op, *inputs, outputs=outputs, hidden_size=hidden, **attributes)


def single(rng):
    for op in GATES:
        for direction in ("forward", "reverse", "bidirectional"):
            directions = 2 if direction == "bidirectional" else 1
            case = ModelCase(f"{op.lower()}_{direction}", op, [5, 1, 3])
            yield case.finish(layer(case, rng, op, "input", 3, 4, directions, direction=direction))
        case = ModelCase(f"{op.lower()}_last_state", op, [6, 2, 3])
        yield case.finish(layer(case, rng, op, "input", 3, 4, batch=2, outputs=2)[1])
        case = ModelCase(f"{op.lower()}_initial_state", op, [4, 1, 3])
        yield case.finish(layer(case, rng, op, "input", 3, 5, initial=True))
        case = ModelCase(f"{op.lower()}_one_step_without_bias", op, [1, 1, 4])
        yield case.finish(layer(case, rng, op, "input", 4, 3, bias=False))
        case = ModelCase(f"{op.lower()}_shorter_sequences", op, [5, 2, 3])
        yield case.finish(layer(case, rng, op, "input", 3, 4, batch=2, lengths=3, direction="bidirectional",
                                directions=2))
        case = ModelCase(f"{op.lower()}_clip", op, [5, 1, 3], low=-4, high=4)
        yield case.finish(layer(case, rng, op, "input", 3, 4, clip=0.7))


def forms(rng):
    case = ModelCase("gru_linear_before_reset", "GRU", [6, 1, 3])
    yield case.finish(layer(case, rng, "GRU", "input", 3, 4, linear_before_reset=1))
    case = ModelCase("gru_linear_before_reset_without_bias", "GRU", [6, 1, 3])
    yield case.finish(layer(case, rng, "GRU", "input", 3, 4, bias=False, linear_before_reset=1, initial=True))
    case = ModelCase("lstm_peepholes", "LSTM", [5, 1, 3])
    yield case.finish(layer(case, rng, "LSTM", "input", 3, 4, peepholes=True))
    case = ModelCase("lstm_peepholes_both_ways", "LSTM", [4, 1, 3])
    yield case.finish(layer(case, rng, "LSTM", "input", 3, 4, 2, peepholes=True, initial=True, direction="bidirectional"))
    case = ModelCase("lstm_input_forget", "LSTM", [5, 1, 3])
    yield case.finish(layer(case, rng, "LSTM", "input", 3, 4, input_forget=1, initial=True))
    case = ModelCase("lstm_cell_state", "LSTM", [5, 1, 3])
    yield case.finish(layer(case, rng, "LSTM", "input", 3, 4, outputs=3)[2])
    case = ModelCase("rnn_relu", "RNN", [5, 1, 3])
    yield case.finish(layer(case, rng, "RNN", "input", 3, 4, activations=["Relu"]))
    case = ModelCase("rnn_leaky_relu", "RNN", [5, 1, 3])
    yield case.finish(layer(case, rng, "RNN", "input", 3, 4, activations=["LeakyRelu"], activation_alpha=[0.2]))
    case = ModelCase("lstm_other_activations", "LSTM", [5, 1, 3])
    yield case.finish(layer(case, rng, "LSTM", "input", 3, 4, activations=["HardSigmoid", "Softsign", "Tanh"],
                            activation_alpha=[0.25], activation_beta=[0.5]))


def networks(rng):
    for op in GATES:
        case = ModelCase(f"{op.lower()}_two_layers_classifier", op, [1, 12, 4])  # batch first, as in PyTorch
        x = case.node("Transpose", "input", perm=[1, 0, 2])
        for features, directions in ((4, 2), (16, 1)):
            y = layer(case, rng, op, x, features, 8, directions,
                      direction="bidirectional" if directions == 2 else "forward")
            x = case.node("Reshape", case.node("Transpose", y, perm=[0, 2, 1, 3]), case.ints(12, 1, 8 * directions))
        x = case.node("Gather", x, case.const(-1, np.int64), axis=0)
        yield case.finish(case.node("Gemm", x, case.const(he(rng, 3, 8)), case.const(small(rng, 3)), transB=1))

    case = ModelCase("lstm_tokens", "LSTM", [9, 1], low=0, high=29, dtype=np.int64)
    x = case.node("Gather", case.const(rng.standard_normal((30, 6))), "input")
    x = layer(case, rng, "LSTM", x, 6, 8, outputs=2)[1]
    x = case.node("Gemm", case.node("Squeeze", x, case.ints(0)), case.const(he(rng, 2, 8)), transB=1)
    yield case.finish(case.node("Softmax", x, axis=1))


def all_cases(rng):
    yield from single(rng)
    yield from forms(rng)
    yield from networks(rng)
