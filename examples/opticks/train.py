"""Trains a character-level GPT on Newton's Opticks and writes model.onnx, input.json, samples.json and alphabet.json here.

    train.py --text /usr/local/go/src/testdata/Isaac.Newton-Opticks.txt

The text is in the sources of Go (Debian: golang-1.19-src), below src/testdata.
"""

import argparse
import json
import pathlib
import re

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).resolve().parent
SEED = 29
LAYERS, HEADS, WIDTH, POSITIONS = 2, 4, 64, 64
STEPS, BATCH, RATE = 2400, 32, 3e-3
HELD = 24000  # characters at the end
ALPHABET = " abcdefghijklmnopqrstuvwxyz.,;:'()-?"
OPSET, IR_VERSION = 20, 9  # the first with Gelu, and what came with it


def read_text(path):
    """The book after its advertisements, in the letters of ALPHABET."""
    text = pathlib.Path(path).read_text(encoding="utf-8").lower()
    text = re.sub(r"[^" + re.escape(ALPHABET) + "]+", " ", text[text.index("the first book of opticks"):].replace("_", ""))
    return re.sub(r" +", " ", text)


class Gpt:
    """Forward and backward of a GPT with norms before attention and products, written out; arrays are float32."""

    def __init__(self, rng):
        normal = lambda *shape: (rng.standard_normal(shape) * 0.05).astype(np.float32)
        self.w = {"wte": normal(len(ALPHABET), WIDTH), "wpe": normal(POSITIONS, WIDTH), **self.norm("ln")}
        for layer in range(LAYERS):
            at = f"h{layer}."
            self.w |= {at + "qkv": normal(WIDTH, 3 * WIDTH), at + "out": normal(WIDTH, WIDTH), **self.norm(at + "ln1"),
                       at + "up": normal(WIDTH, 4 * WIDTH), at + "up.b": np.zeros(4 * WIDTH, np.float32),
                       at + "down": normal(4 * WIDTH, WIDTH), at + "down.b": np.zeros(WIDTH, np.float32),
                       **self.norm(at + "ln2")}
        self.w["head"] = normal(WIDTH, len(ALPHABET))

    @staticmethod
    def norm(name):
        return {name + ".g": np.ones(WIDTH, np.float32), name + ".b": np.zeros(WIDTH, np.float32)}

    def forward(self, tokens):
        """Scores [n, t, letters]; keeps on a tape what the backward pass needs."""
        n, t = tokens.shape
        w, self.tape, self.tokens = self.w, [], tokens
        x = w["wte"][tokens] + w["wpe"][:t]
        for layer in range(LAYERS):
            at = f"h{layer}."
            y = self.normalise(at + "ln1", x)
            q, k, v = (y @ w[at + "qkv"]).reshape(n, t, 3, HEADS, -1).transpose(2, 0, 3, 1, 4)
            scores = q @ k.transpose(0, 1, 3, 2) / np.float32(np.sqrt(WIDTH // HEADS))
            scores += np.triu(np.full((t, t), -1e9, np.float32), 1)
            p = np.exp(scores - scores.max(-1, keepdims=True))
            p /= p.sum(-1, keepdims=True)
            joined = (p @ v).transpose(0, 2, 1, 3).reshape(n, t, WIDTH)
            x = x + joined @ w[at + "out"]
            z = self.normalise(at + "ln2", x)
            u = z @ w[at + "up"] + w[at + "up.b"]
            tanh = np.tanh(np.float32(np.sqrt(2 / np.pi)) * (u + 0.044715 * u**3))
            a = 0.5 * u * (1 + tanh)
            x = x + a @ w[at + "down"] + w[at + "down.b"]
            self.tape.append((y, q, k, v, p, joined, z, u, tanh, a))
        self.last = self.normalise("ln", x)
        return self.last @ w["head"]

    def normalise(self, name, x):
        centred = x - x.mean(-1, keepdims=True)
        inverse = 1 / np.sqrt((centred**2).mean(-1, keepdims=True) + np.float32(1e-5))
        self.__dict__.setdefault("norms", {})[name] = (centred * inverse, inverse)
        return centred * inverse * self.w[name + ".g"] + self.w[name + ".b"]

    def normalise_back(self, name, dy, g):
        hat, inverse = self.norms[name]
        g[name + ".g"], g[name + ".b"] = (dy * hat).sum((0, 1)), dy.sum((0, 1))
        d = dy * self.w[name + ".g"]
        return (d - d.mean(-1, keepdims=True) - hat * (d * hat).mean(-1, keepdims=True)) * inverse

    def backward(self, dscores):
        """Gradients of all weights, given that of the scores."""
        w, g = self.w, {}
        n, t = self.tokens.shape
        rows = lambda a, b: np.einsum("nti,ntj->ij", a, b, optimize=True)
        g["head"] = rows(self.last, dscores)
        dx = self.normalise_back("ln", dscores @ w["head"].T, g)
        for layer in reversed(range(LAYERS)):
            at = f"h{layer}."
            y, q, k, v, p, joined, z, u, tanh, a = self.tape[layer]
            g[at + "down"], g[at + "down.b"] = rows(a, dx), dx.sum((0, 1))
            slope = np.float32(np.sqrt(2 / np.pi)) * (1 + 3 * 0.044715 * u**2)
            du = (dx @ w[at + "down"].T) * (0.5 * (1 + tanh) + 0.5 * u * (1 - tanh**2) * slope)
            g[at + "up"], g[at + "up.b"] = rows(z, du), du.sum((0, 1))
            dx = dx + self.normalise_back(at + "ln2", du @ w[at + "up"].T, g)
            g[at + "out"] = rows(joined, dx)
            dh = (dx @ w[at + "out"].T).reshape(n, t, HEADS, -1).transpose(0, 2, 1, 3)
            dp = dh @ v.transpose(0, 1, 3, 2)
            ds = p * (dp - (dp * p).sum(-1, keepdims=True)) / np.float32(np.sqrt(WIDTH // HEADS))
            parts = np.stack([ds @ k, ds.transpose(0, 1, 3, 2) @ q, p.transpose(0, 1, 3, 2) @ dh])
            dqkv = parts.transpose(1, 3, 0, 2, 4).reshape(n, t, 3 * WIDTH)
            g[at + "qkv"] = rows(y, dqkv)
            dx = dx + self.normalise_back(at + "ln1", dqkv @ w[at + "qkv"].T, g)
        g["wpe"] = np.zeros_like(w["wpe"])
        g["wpe"][:t] = dx.sum(0)
        g["wte"] = np.zeros_like(w["wte"])
        np.add.at(g["wte"], self.tokens, dx)
        return g


def loss_and_gradient(scores, targets):
    e = np.exp(scores - scores.max(-1, keepdims=True))
    p = e / e.sum(-1, keepdims=True)
    right = np.take_along_axis(p, targets[..., None], -1)[..., 0]
    d = p.copy()
    np.put_along_axis(d, targets[..., None], right[..., None] - 1, -1)
    return float(-np.log(right).mean()), d / targets.size


def train(model, text, rng):
    """Adam with a warm start and a falling rate."""
    first = {name: np.zeros_like(v) for name, v in model.w.items()}
    second = {name: np.zeros_like(v) for name, v in model.w.items()}
    for step in range(1, STEPS + 1):
        at = rng.integers(0, len(text) - POSITIONS - 1, BATCH)
        rows = np.stack([text[i:i + POSITIONS + 1] for i in at])
        loss, d = loss_and_gradient(model.forward(rows[:, :-1]), rows[:, 1:])
        rate = RATE * min(1, step / 100) * (0.05 + 0.95 * 0.5 * (1 + np.cos(np.pi * step / STEPS)))
        for name, g in model.backward(d).items():
            first[name] += np.float32(0.1) * (g - first[name])
            second[name] += np.float32(0.01) * (g * g - second[name])
            m, v = first[name] / (1 - 0.9**step), second[name] / (1 - 0.99**step)
            model.w[name] -= (rate * m / (np.sqrt(v) + 1e-8)).astype(np.float32)
        if step % 200 == 0:
            print(f"step {step}: loss {loss:.3f}", flush=True)


class Writer:
    """The model in ONNX, for any number of tokens up to POSITIONS."""

    def __init__(self, weights):
        self.weights, self.nodes, self.initializers, self.made = weights, [], [], 0

    def constant(self, name, value):
        self.initializers.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def node(self, op, inputs, **attributes):
        self.made += 1
        out = f"{op.lower()}_{self.made}"
        self.nodes.append(helper.make_node(op, inputs, [out], name=out, **attributes))
        return out

    def norm(self, name, x):
        return self.node("LayerNormalization", [x, self.weight(name + ".g"), self.weight(name + ".b")], epsilon=1e-5)

    def heads(self, x, part, permutation):
        entries = WIDTH // HEADS
        x = self.node("Slice", [x, self.constant(f"{x}_{part}_from", [part * WIDTH]),
                                self.constant(f"{x}_{part}_to", [(part + 1) * WIDTH]), "last"])
        return self.node("Transpose", [self.node("Reshape", [x, "split"])], perm=permutation) if entries else x

    def model(self):
        zero, one = self.constant("zero", [0]), self.constant("one", [1])
        self.constant("last", [2])
        self.constant("split", [0, 0, HEADS, WIDTH // HEADS])
        self.constant("join", [0, 0, WIDTH])
        scale = self.constant("scale", np.float32(1 / np.sqrt(WIDTH // HEADS)))
        length = self.node("Slice", [self.node("Shape", ["tokens"]), one, self.constant("two", [2]), zero])
        positions = self.node("Slice", [self.weight("wpe"), zero, length, zero])
        mask = self.constant("mask", np.triu(np.full((POSITIONS, POSITIONS), -1e9, np.float32), 1))
        mask = self.node("Slice", [self.node("Slice", [mask, zero, length, zero]), zero, length, one])
        x = self.node("Add", [self.node("Gather", [self.weight("wte"), "tokens"]), positions])
        for layer in range(LAYERS):
            at = f"h{layer}."
            y = self.node("MatMul", [self.norm(at + "ln1", x), self.weight(at + "qkv")])
            q, k, v = (self.heads(y, part, [0, 2, 3, 1] if part == 1 else [0, 2, 1, 3]) for part in range(3))
            scores = self.node("Mul", [self.node("MatMul", [q, k]), scale])
            p = self.node("Softmax", [self.node("Add", [scores, mask])], axis=-1)
            joined = self.node("Transpose", [self.node("MatMul", [p, v])], perm=[0, 2, 1, 3])
            joined = self.node("Reshape", [joined, "join"])
            x = self.node("Add", [x, self.node("MatMul", [joined, self.weight(at + "out")])])
            u = self.node("MatMul", [self.norm(at + "ln2", x), self.weight(at + "up")])
            a = self.node("Gelu", [self.node("Add", [u, self.weight(at + "up.b")])], approximate="tanh")
            u = self.node("MatMul", [a, self.weight(at + "down")])
            x = self.node("Add", [x, self.node("Add", [u, self.weight(at + "down.b")])])
        self.nodes.append(helper.make_node("MatMul", [self.norm("ln", x), self.weight("head")], ["scores"], name="head"))
        graph = helper.make_graph(
            self.nodes, FOLDER.name, [helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "positions"])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, "positions", len(ALPHABET)])],
            self.initializers)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
                                 producer_name="proofcard-examples")
        onnx.checker.check_model(made, full_check=True)
        return made


def greedy(session, prompt, tokens):
    """What the model goes on with, under onnxruntime."""
    row = list(prompt)
    for _ in range(tokens):
        row.append(int(session.run(None, {"tokens": np.array([row[-POSITIONS:]])})[0][0, -1].argmax()))
    return row[len(prompt):]


def write_json(name, value):
    (FOLDER / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", required=True, help="Isaac.Newton-Opticks.txt")
    letters = read_text(parser.parse_args().text)
    text = np.array([ALPHABET.index(c) for c in letters])
    rng = np.random.default_rng(SEED)
    model = Gpt(rng)
    train(model, text[:-HELD], rng)
    onnx.save(Writer(model.w).model(), FOLDER / "model.onnx")
    session = onnxruntime.InferenceSession(str(FOLDER / "model.onnx"), providers=["CPUExecutionProvider"])
    held = text[-HELD:]
    rows = np.stack([held[i:i + POSITIONS + 1] for i in range(0, HELD - POSITIONS, POSITIONS)])
    right, loss = [], []
    for row in rows:
        scores = session.run(None, {"tokens": row[None, :-1]})[0]
        right.append((scores[0].argmax(-1) == row[1:]).mean())
        loss.append(loss_and_gradient(scores, row[None, 1:])[0])
    # Samples for 31 positions: a prompt of 16 letters and all but the last of 16 that follow, from the held-out text.
    write_json("samples.json", {"input_data": [row[:31].tolist() for row in rows[:40]]})
    prompt = "the rays of ligh"
    write_json("input.json", {"input_data": [[ALPHABET.index(c) for c in prompt]]})
    write_json("alphabet.json", {"alphabet": ALPHABET})
    answer = "".join(ALPHABET[i] for i in greedy(session, [ALPHABET.index(c) for c in prompt], 48))
    print(f"parameters: {sum(v.size for v in model.w.values())}")
    print(f"held-out letters right: {100 * np.mean(right):.1f} %, {np.mean(loss) / np.log(2):.2f} bits a letter")
    print(repr(prompt + answer))


if __name__ == "__main__":
    main()
