"""One small ONNX model with samples: built node by node, checked, run under onnxruntime, written to files."""

import json

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# The IR version that came with an operator set; below 4 every initializer must be listed as a graph input too.
IR_VERSIONS = {7: 3, 9: 4, 10: 5, 11: 6, 12: 7, 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10, 23: 11, 24: 11}
ML, ML_OPSET = "ai.onnx.ml", 3
MICROSOFT = "com.microsoft"  # operators that onnxruntime adds
SAMPLES = 8


class ModelCase:
    """Collects the nodes of a model with one input, of floats unless dtype says otherwise; batch 1 unless the shape does.

    op:       what the model is there to test, as the manifest lists it
    low, high: range of the uniform random samples; of integers both ends occur
    dtype:    of the input
    distinct: samples are shuffles of evenly spaced values, so that no maximum is a near tie
    exact:    the output is of integers, which are onnxruntime's to the last one
    extra:    a form beyond the required operators, which an importer may refuse by name
    """

    def __init__(self, name, op, shape, opset=13, low=-1.0, high=1.0, distinct=False, extra=False,
                 dynamic_batch=False, dtype=np.float32, exact=False):
        self.name, self.op, self.shape, self.opset = name, op, list(shape), opset
        self.low, self.high, self.distinct, self.extra = low, high, distinct, extra
        self.dynamic_batch, self.dtype, self.exact = dynamic_batch, np.dtype(dtype), exact
        self.ml_opset = ML_OPSET
        self.nodes, self.initializers = [], []
        self.model = None

    def const(self, array, dtype=np.float32):
        """Adds an initializer and returns its name."""
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(array, dtype), name))
        return name

    def ints(self, *values):
        return self.const(values, np.int64)

    def node(self, op, *inputs, outputs=1, **attributes):
        """Adds a node; returns the name of its output, or a list of names when there are several."""
        names = [f"n{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=f"{op}_{len(self.nodes)}", **attributes))
        return names[0] if outputs == 1 else names

    def finish(self, value, dtype=TensorProto.FLOAT, shape=None):
        """Renames `value` to the output's name and builds the model; returns self.

        shape: of the output, only where shape inference does not find it.
        """
        for node in self.nodes:
            for names in (node.input, node.output):
                for i, name in enumerate(names):
                    if name == value:
                        names[i] = "output"
        input_shape = ["N", *self.shape[1:]] if self.dynamic_batch else self.shape
        inputs = [helper.make_tensor_value_info("input", helper.np_dtype_to_tensor_dtype(self.dtype), input_shape)]
        if IR_VERSIONS[self.opset] < 4:
            inputs += [helper.make_tensor_value_info(w.name, w.data_type, w.dims) for w in self.initializers]
        graph = helper.make_graph(self.nodes, self.name, inputs,
                                  [helper.make_tensor_value_info("output", dtype, shape)], self.initializers)
        domains = [helper.make_opsetid("", self.opset)]
        if any(node.domain == ML for node in self.nodes):
            domains.append(helper.make_opsetid(ML, self.ml_opset))
        if any(node.domain == MICROSOFT for node in self.nodes):
            domains.append(helper.make_opsetid(MICROSOFT, 1))
        model = helper.make_model(graph, opset_imports=domains, ir_version=IR_VERSIONS[self.opset],
                                  producer_name="proofcard-tests")
        if len(domains) > 1 and shape is None:  # nothing infers these shapes
            for size in run(model, [np.zeros(self.shape, self.dtype)])[0].shape:
                model.graph.output[0].type.tensor_type.shape.dim.add().dim_value = size
            return self.use(model)
        return self.use(onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True))

    def use(self, model):
        """Takes a model that was made elsewhere; returns self."""
        onnx.checker.check_model(model, full_check=True)
        self.model = model
        return self

    def sample(self, rng, count=SAMPLES):
        """Inputs [count, *shape], rounded so that their decimal form is exact enough to be the same everywhere."""
        size = int(np.prod(self.shape))
        if self.dtype != np.float32:
            rows = rng.integers(self.low, self.high, (count, size), endpoint=True)
            return rows.astype(self.dtype).reshape(count, *self.shape)
        if self.distinct:
            rows = np.stack([rng.permutation(np.linspace(self.low, self.high, size)) for _ in range(count)])
        else:
            rows = rng.uniform(self.low, self.high, (count, size))
        return rows.round(4).astype(np.float32).reshape(count, *self.shape)

    def write(self, folder, rng):
        """Writes NAME.onnx and NAME.json; returns the manifest's entry."""
        inputs = self.sample(rng)
        outputs = run(self.model, inputs)
        if not all(np.isfinite(y).all() for y in outputs):
            raise ValueError(f"{self.name}: an output is not finite")
        onnx.save(self.model, folder / f"{self.name}.onnx")
        content = {"inputs": [flat(x, "{:.4f}") for x in inputs], "outputs": [flat(y, "{:.8g}") for y in outputs]}
        (folder / f"{self.name}.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")
        return {"name": self.name, "file": f"{self.name}.onnx", "samples": f"{self.name}.json", "op": self.op,
                "opset": self.opset, "input_shape": self.shape, "output_shape": list(outputs[0].shape),
                "exact": self.exact, "extra": self.extra}


# Operators of bytes: their weights, and the zero points of these.
BYTE_WEIGHTS = {"MatMulInteger": [(1, 3)], "ConvInteger": [(1, 3)], "QLinearMatMul": [(3, 5)], "QLinearConv": [(3, 5)],
                "DynamicQuantizeMatMul": [(1, 3)], "MatMulIntegerToFloat": [(1, 5)], "DynamicQuantizeLSTM": [(1, 9), (2, 11)]}


SUMS_OF_BYTES = ("MatMulInteger", "ConvInteger")


def with_unsigned_weights(model):
    """The same model with uint8 for the int8 of such operators: value and zero point are 128 more.

    Where processors have no VNNI, onnxruntime adds products of uint8 and int8 in 16 bits, which saturate.
    """
    constants = {w.name: w for w in model.graph.initializer}

    def signed(name):
        return name in constants and constants[name].data_type == TensorProto.INT8

    def adds_signed(node):  # computed ones, whose type the zero point has
        return node.op_type in SUMS_OF_BYTES and len(node.input) > 2 and signed(node.input[2])

    if not any(adds_signed(node) or any(signed(node.input[w]) for w, _ in BYTE_WEIGHTS.get(node.op_type, ()))
               for node in model.graph.node):
        return model
    changed = onnx.ModelProto()
    changed.CopyFrom(model)

    def raised(name):
        array = (numpy_helper.to_array(constants[name]).astype(np.int16) + 128).astype(np.uint8)
        changed.graph.initializer.append(numpy_helper.from_array(array, f"{name}_{len(changed.graph.initializer)}"))
        return changed.graph.initializer[-1].name

    nodes = []
    for node in changed.graph.node:
        if adds_signed(node):
            name = f"{node.output[0]}_unsigned"
            changed.graph.initializer.append(numpy_helper.from_array(np.array(128, np.int32), f"{name}_128"))
            nodes += [helper.make_node("Cast", [node.input[0]], [f"{name}_0"], to=TensorProto.INT32),
                      helper.make_node("Add", [f"{name}_0", f"{name}_128"], [f"{name}_1"]),
                      helper.make_node("Cast", [f"{name}_1"], [name], to=TensorProto.UINT8)]
            node.input[0], node.input[2] = name, raised(node.input[2])
        nodes.append(node)
        for weights, zero in BYTE_WEIGHTS.get(node.op_type, ()):
            given = node.input[zero] if zero < len(node.input) else ""
            if not signed(node.input[weights]) or (given and not signed(given)):
                continue
            node.input[weights] = raised(node.input[weights])
            node.input.extend([""] * (zero + 1 - len(node.input)))
            if given:
                node.input[zero] = raised(given)
            else:
                changed.graph.initializer.append(numpy_helper.from_array(np.array(128, np.uint8), f"zero_{len(changed.graph.initializer)}"))
                node.input[zero] = changed.graph.initializer[-1].name
    nodes = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del changed.graph.node[:]
    changed.graph.node.extend(nodes)
    return changed


def session(model):
    """onnxruntime with its graph rewriting switched off."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    unsigned = with_unsigned_weights(model)
    try:
        return onnxruntime.InferenceSession(unsigned.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except Exception:  # noqa: BLE001  it has several of its own; not every operator takes both kinds together
        if unsigned is model:
            raise
        return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def run(model, inputs):
    """Outputs of each input under onnxruntime."""
    runner = session(model)
    return [runner.run(None, {"input": x})[0] for x in inputs]


def flat(array, form):
    return [float(form.format(v)) for v in np.asarray(array).reshape(-1)]


def he(rng, *shape):
    """He-initialised weights; the first dimension is the outputs'."""
    return (rng.standard_normal(shape) * np.sqrt(2.0 / np.prod(shape[1:]))).astype(np.float32)


def small(rng, *shape):
    return (0.2 * rng.standard_normal(shape)).astype(np.float32)
