"""The smallest part of a random graph that fails in the same way."""

import tempfile

from onnx import helper

from judge import judge
from random_graph import RandomGraph, reads_of


def needed(nodes, outputs):
    """The nodes that these values depend on, in order."""
    wanted, kept = {v.name for v in outputs}, []
    for node in reversed(nodes):
        if wanted & set(node.output):
            kept.append(node)
            wanted |= set(reads_of(node))
    return kept[::-1]


def part(graph, nodes, outputs):
    return RandomGraph(graph.maker, needed(nodes, outputs), outputs)


def candidates(graph):
    """Smaller graphs: one output, an earlier value as the output, a computed value as an input."""
    values = graph.by_name()
    if len(graph.outputs) > 1:
        for o in graph.outputs:
            yield part(graph, graph.nodes, [o])
    for node in graph.nodes[:-1]:
        for name in node.output:
            yield part(graph, graph.nodes, [values[name]])
    for node in graph.nodes:
        if not any(o.name in node.output for o in graph.outputs):
            yield part(graph, [n for n in graph.nodes if n is not node], graph.outputs)


def minimise(program, graph, failure, proof):
    def fails(g):
        if not g.nodes:
            return False
        for v in g.inputs():
            if v.source == "node" and v.is_float:
                v.smooth = True
        with tempfile.TemporaryDirectory() as folder:
            plans = (failure.plan,) if failure.kind not in ("proof", "inspect") else ()
            return any(v.kind == failure.kind for v in judge(program, g, folder, plans, proof if not plans else None))

    smaller = True
    while smaller:
        smaller = False
        for candidate in candidates(graph):
            if len(candidate.nodes) < len(graph.nodes) or len(candidate.outputs) < len(graph.outputs):
                if fails(candidate):
                    graph, smaller = candidate, True
                    break
    return graph


def describe(graph):
    """One line a node, with shapes and ranges."""
    values = graph.by_name()

    def text(name):
        if not name:
            return "-"
        v = values[name]
        return f"{name}:{v.dtype.name}{list(v.shape)} {v.low:.4g}..{v.high:.4g}"

    inputs, constants = graph.inputs_and_constants()
    lines = [f"  opset {graph.maker.opset}; inputs {', '.join(text(v.name) for v in inputs)}"]
    lines += [f"  constant {text(c.name)}" + (f" = {c.arrays[0].tolist()}" if c.arrays[0].size <= 8 else "") for c in constants]
    for n in graph.nodes:
        attributes = {a.name: helper.get_attribute_value(a) for a in n.attribute if not a.HasField("g")}
        lines.append(f"  {', '.join(text(o) for o in n.output)} = {n.op_type}({', '.join(n.input)}) {attributes or ''}")
    return "\n".join(lines)

