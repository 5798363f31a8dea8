#!/usr/bin/env python3
"""The operator tests that the onnx package ships (its backend node tests), as files for tests/onnx_nodes, and their results.

    onnx_node_tests.py cases FOLDER          NAME.onnx for each test that applies, and cases.json: names, operators,
                                             inputs and expected outputs
    onnx_node_tests.py page RESULTS PAGE     the table of results by operator, from what tests/onnx_nodes wrote to the
                                             file RESULTS that the variable PROOFCARD_NODE_RESULTS names

The page again, after a change: `make test` once for the cases, then with a build folder B

    PROOFCARD_MODEL_DIR=$PWD/B/models PROOFCARD_NODE_RESULTS=/tmp/results B/bin/test_onnx_nodes
    B/venv/bin/python3 scripts/onnx_node_tests.py page /tmp/results docs/onnx-node-tests.md

Needs examples/requirements.txt; downloads nothing. scripts/make_test_models.sh makes the cases. What applies: tensors
of floats, integers and booleans. Left out by rule, and counted on the page: strings, sequences and optional values;
floats of 8 and 4 bits and integers of 4 and 2; operators of training; random numbers.

Where ONNX has a parameter as an input (the shape of a Reshape, the axes of a reduction), the test gives it with the
input data. A model in use has a constant there, and here it becomes one, too: PARAMETERS says which. All else stays an
input, weights too.
"""

import argparse
import collections
import json
import pathlib
import re
import warnings

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.backend.test.case.node import collect_testcases

SMALL = {name for name in TensorProto.DataType.keys() if re.match(r"FLOAT8|FLOAT4|U?INT4|U?INT2", name)}
RANDOM = {"Bernoulli", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial"}
# Operator -> positions of inputs that say how, not on what.
PARAMETERS = {
    "AffineGrid": [1], "BlackmanWindow": [0], "CastLike": [1], "CenterCropPad": [1], "ConstantOfShape": [0], "CumProd": [1], "CumSum": [1],
    "DFT": [1, 2], "Dropout": [1, 2], "Expand": [1], "HammingWindow": [0], "HannWindow": [0], "If": [0], "Loop": [0, 1],
    "MelWeightMatrix": [0, 1, 2, 3, 4], "OneHot": [1, 2], "Pad": [1, 2, 3], "Range": [0, 1, 2], "Reshape": [1],
    "Resize": [1, 2, 3], "STFT": [1, 3], "Slice": [1, 2, 3, 4], "Split": [1], "Squeeze": [1], "Tile": [1], "TopK": [1],
    "Trilu": [1], "Unsqueeze": [1], "Upsample": [1], "MaxUnpool": [2],
    # Scales and zero points of other people's quantisation.
    "DequantizeLinear": [1, 2], "ConvInteger": [2, 3], "MatMulInteger": [2, 3],
    "QLinearConv": [1, 2, 4, 5, 6, 7], "QLinearMatMul": [1, 2, 4, 5, 6, 7],
    **{f"Reduce{kind}": [1] for kind in ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum",
                                         "SumSquare")},
}


def type_name(value):
    """Of a graph's input or output."""
    kind = value.type.WhichOneof("value")
    return TensorProto.DataType.Name(value.type.tensor_type.elem_type) if kind == "tensor_type" else kind


def why_left_out(case):
    model = case.model
    types = {type_name(v) for v in [*model.graph.input, *model.graph.output]}
    operators = {n.op_type for n in model.graph.node} | {n.op_type for f in model.functions for n in f.node}
    if any("training" in n.domain for n in model.graph.node) or case.name.startswith("test_training"):
        return "training"
    if types & {"sequence_type", "optional_type", "map_type"}:
        return "sequences and optional values"
    if "STRING" in types:
        return "strings"
    if types & SMALL:
        return "floats of 8 and 4 bits, integers of 4 and 2"
    return "random numbers" if operators & RANDOM else None


def operator_of(base):
    """The operator that a test is for."""
    operators = collections.Counter(n.op_type for n in base.model.graph.node)
    if len(operators) > 1:
        del operators["Constant"]
    return operators.most_common(1)[0][0]


def as_array(value):
    return numpy_helper.to_array(value) if isinstance(value, TensorProto) else np.asarray(value)


def values_of(array):
    """Numbers as JSON has them; the others as text."""
    if array.dtype == bool or np.issubdtype(array.dtype, np.integer):
        return [int(v) for v in array.reshape(-1)]
    digits = 17 if array.dtype == np.float64 else 9
    reals = [float(f"{v:.{digits}g}") for v in array.astype(np.float64).reshape(-1)]
    return [v if np.isfinite(v) else str(v) for v in reals]


def parameters(graph):
    """Names that are read as parameters and as nothing else."""
    uses = collections.defaultdict(list)
    for n in graph.node:
        for i, name in enumerate(n.input):
            uses[name].append(i in PARAMETERS.get(n.op_type, []))
    return {name for name, kinds in uses.items() if all(kinds)}


def base_of(case, by_name):
    """Of a test of an operator that is written in others, the test of the operator."""
    return by_name.get(re.sub(r"_expanded(_ver\d+)?$", "", case.name), case)


def make_case(case, base, folder):
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    graph = model.graph
    constant = parameters(graph) | parameters(base.model.graph)
    arrays, outputs = case.data_sets[0]
    inputs = []
    for value, given in zip(list(graph.input), arrays):
        array = as_array(given)
        if value.name in constant:
            tensor = given if isinstance(given, TensorProto) else numpy_helper.from_array(array)
            graph.initializer.add().CopyFrom(tensor)
            graph.initializer[-1].name = value.name
            graph.input.remove(value)
        else:
            inputs.append({"shape": list(array.shape), "values": values_of(array)})
    results = []
    for given in outputs:
        array = as_array(given)
        whole = array.dtype == bool or np.issubdtype(array.dtype, np.integer)
        results.append({"whole": bool(whole), "shape": list(array.shape), "values": values_of(array)})
    onnx.save(model, folder / f"{case.name}.onnx")
    return {"name": case.name, "operator": operator_of(base), "inputs": inputs, "outputs": results}


def all_cases():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numpy, about the tests' own infinities
        return collect_testcases(None)


def write_cases(folder):
    folder.mkdir(parents=True, exist_ok=True)
    cases = all_cases()
    by_name = {case.name: case for case in cases}
    kept = [make_case(c, base_of(c, by_name), folder) for c in cases if why_left_out(c) is None]
    (folder / "cases.json").write_text(json.dumps(kept, separators=(",", ":")) + "\n")
    print(f"{len(kept)} of {len(cases)} operator tests of onnx {onnx.__version__} in {folder}")


def short(why):
    """A refusal without the numbers of one test."""
    text = re.sub(r"\[[^\]]*\]", "[..]", why)
    text = re.sub(r"-?\b\d[\d.e+-]*\b", "N", text)
    return text.replace("|", "/")


def page(results, cases):
    left_out = collections.Counter(filter(None, map(why_left_out, cases)))
    rows = collections.defaultdict(list)
    for entry in results:
        rows[entry["operator"]].append(entry)
    count = collections.Counter(entry["class"] for entry in results)
    lines = [
        "# Operator tests of ONNX", "",
        f"The tests of single operators that onnx {onnx.__version__} ships, compiled with `--bits 16` (the test's input as the "
        "sample) and run. Right: every output is", "within 2 % of the largest expected value, and equal where it is of "
        "integers or booleans. Refused: `compile` or `run` says why not. Parameters that", "ONNX has as inputs (shapes, axes) "
        "are constants; weights are inputs.", "",
        "Made by `scripts/onnx_node_tests.py`, which says what is left out; `tests/onnx_nodes` checks that as many are right "
        "as this page says, and no more wrong.", "",
        "| | tests |", "| --- | --- |",
        f"| right | {count['right']} |", f"| refused | {count['refused']} |", f"| wrong | {count['wrong']} |",
        f"| all that apply | {len(results)} |",
        *(f"| left out: {why} | {n} |" for why, n in sorted(left_out.items())), "",
        "| operator | tests | right | refused | why |", "| --- | --- | --- | --- | --- |",
    ]
    for operator, entries in sorted(rows.items()):
        of = collections.Counter(e["class"] for e in entries)
        whys = collections.Counter(short(e["why"]) for e in entries if e["class"] != "right")
        reasons = "; ".join(f"{why}" + (f" ({n})" if n > 1 else "") for why, n in whys.most_common(3))
        lines.append(f"| `{operator}` | {len(entries)} | {of['right']} | {len(entries) - of['right']} | {reasons} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["cases", "page"])
    parser.add_argument("paths", type=pathlib.Path, nargs="+", metavar="PATH")
    arguments = parser.parse_args()
    if arguments.what == "cases":
        write_cases(arguments.paths[0])
    else:
        results, target = arguments.paths
        target.write_text(page([json.loads(line) for line in results.read_text().splitlines()], all_cases()))


if __name__ == "__main__":
    main()
