"""A whole random model: inputs, nodes, outputs, and the values that onnxruntime gives, sample by sample."""

import dataclasses

import numpy as np
import onnx
from onnx import helper, numpy_helper

import node_kinds
from graph_maker import GraphMaker

OPSETS = [11, 12, 13, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28]
SAMPLES = 6
# What a graph begins with - rank, type - and what half of its nodes are.
THEMES = {
    "any": (None, np.float32, node_kinds.ALL),
    "image": (4, np.float32, node_kinds.WINDOWS + node_kinds.SHAPES + node_kinds.ELEMENTWISE),
    "sequence": (3, np.float32, node_kinds.RECURRENT + node_kinds.ATTENTION + node_kinds.ROWS + node_kinds.PRODUCTS),
    "matrix": (2, np.float32, node_kinds.ROWS + node_kinds.PRODUCTS + node_kinds.ELEMENTWISE),
    "numbers": (None, np.int64, node_kinds.INTEGERS + node_kinds.TRUTHS + node_kinds.SHAPES),
    "bytes": (None, np.uint8, node_kinds.QUANTISED + node_kinds.INTEGERS),
    "constants": (None, np.float32, node_kinds.CONSTANTS + node_kinds.SHAPES),
}


@dataclasses.dataclass
class RandomGraph:
    """A model as lists of Values, so that parts of it are models, too (minimise.py)."""

    maker: GraphMaker
    nodes: list
    outputs: list  # Values

    def by_name(self):
        return {v.name: v for v in self.maker.values}

    def inputs_and_constants(self):
        values = self.by_name()
        made = {o for n in self.nodes for o in n.output}
        names = dict.fromkeys(i for n in self.nodes for i in reads_of(n))
        read = [values[i] for i in names if i not in made]
        read += [v for v in self.outputs if v.name not in made and v not in read]
        return [v for v in read if v.source != "constant"], [v for v in read if v.source == "constant"]

    def inputs(self):
        return self.inputs_and_constants()[0]

    def model(self):
        inputs, constants = self.inputs_and_constants()
        return self.maker.model_of(self.nodes, self.outputs, inputs, constants)

    def operators(self):
        return [n.op_type for n in self.nodes]


def reads_of(node):
    """Names, those that bodies among its attributes read too."""
    bodies = [a.g for a in node.attribute if a.HasField("g")]
    inside = [i for b in bodies for n in b.node for i in n.input
              if i not in {x.name for x in b.input} | {o for m in b.node for o in m.output}]
    return [i for i in [*node.input, *inside] if i]


def make(seed):
    rng = np.random.default_rng([seed, 11])
    g = GraphMaker(rng, OPSETS[int(rng.integers(len(OPSETS)))], SAMPLES, wild=rng.random() < 0.4)
    theme = g.pick(sorted(THEMES))
    rank, dtype, kinds = THEMES[theme]
    first = g.add_input(g.shape(rank), dtype)
    for _ in range(g.pick([0, 0, 0, 1, 1, 2])):
        if g.chance(0.7):
            g.add_input(g.shape(first.rank if g.chance(0.5) else None), dtype)
        else:
            g.add_input(g.shape(), g.pick([np.int64, np.int32, np.uint8, np.int8, np.bool_]))
    wanted = g.integer(1, 8)
    for _ in range(12 * wanted):
        if len(g.nodes) >= wanted:
            break
        node_kinds.add_random_node(g, kinds if g.chance(0.5) else node_kinds.ALL)
    made = [v for v in g.values if v.source == "node"]
    outputs = [v for v in made if v.reads == 0] + [v for v in made if v.reads and g.chance(0.15)]
    return RandomGraph(g, g.nodes, outputs[:4]) if outputs else None


def nearby(graph, rng):
    """The same model with its smooth constants, and every value that a node computes, off by some roundings of float32."""
    return moved(graph, lambda v: ("Mul", shaken(np.ones(v.shape, np.float32), rng, 2.5e-7)), lambda c: shaken(c, rng))


def coarse(graph, rng):
    """The same with errors as of integers of 16 bits: of each tensor's largest value."""
    return moved(graph, lambda v: ("Add", noise(v, rng)), lambda c: c + noise_like(c.shape, np.abs(c).max(initial=0), rng))


def moved(graph, change, change_constant):
    """change: of a value, the operator and the constant that it is changed by."""
    model = graph.model()
    constants = {c.name for c in graph.inputs_and_constants()[1] if c.smooth}
    for tensor in model.graph.initializer:
        if tensor.name in constants:
            tensor.CopyFrom(numpy_helper.from_array(change_constant(numpy_helper.to_array(tensor)), tensor.name))
    values, nodes = graph.by_name(), []
    for node in graph.nodes:
        nodes.append(onnx.NodeProto())
        nodes[-1].CopyFrom(node)
        for i, name in enumerate(node.output):
            if values[name].is_float:
                op, constant = change(values[name])
                model.graph.initializer.append(numpy_helper.from_array(constant, f"{name} change"))
                nodes[-1].output[i] = f"{name} exact"
                nodes.append(helper.make_node(op, [f"{name} exact", f"{name} change"], [name]))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def noise(value, rng):
    return noise_like(value.shape, max(abs(value.low), abs(value.high)), rng)


def noise_like(shape, size, rng):
    return np.asarray(size * rng.uniform(-1, 1, shape) * 2.0**-13, np.float32)


def shaken(array, rng, by=2e-6):
    return np.asarray(array * (1 + rng.uniform(-by, by, array.shape)), np.float32)
