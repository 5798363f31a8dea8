"""A random ONNX graph in the making: every node is run by onnxruntime when it is added, so shapes and values are known.

Values are arrays, one for each sample. What onnxruntime does not take, and what leaves the finite numbers, is not added.
"""

import dataclasses
import pathlib
import sys

import numpy as np
from onnx import helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "models"))
import model_case  # noqa: E402

MAX_ELEMENTS = 1500
MAX_MAGNITUDE = 1e15


@dataclasses.dataclass
class Value:
    name: str
    arrays: list  # of each sample
    source: str  # "input", "constant" or "node"
    reads: int = 0
    # Whether numbers near these stand for the same model: not of parameters such as a shape or a scale of Resize.
    smooth: bool = False

    @property
    def shape(self):
        return self.arrays[0].shape

    @property
    def rank(self):
        return self.arrays[0].ndim

    @property
    def dtype(self):
        return self.arrays[0].dtype

    @property
    def is_float(self):
        return self.dtype == np.float32

    @property
    def low(self):
        return min((float(a.min()) for a in self.arrays if a.size), default=0.0)

    @property
    def high(self):
        return max((float(a.max()) for a in self.arrays if a.size), default=0.0)


class GraphMaker:
    """Values, nodes and the random numbers that they are made of.

    wild: scales are drawn from ten orders of magnitude instead of four.
    """

    def __init__(self, rng, opset, samples, wild):
        self.rng, self.opset, self.samples, self.wild = rng, opset, samples, wild
        self.values, self.nodes = [], []

    # Random choices.
    def chance(self, probability):
        return self.rng.random() < probability

    def pick(self, options):
        return options[int(self.rng.integers(len(options)))]

    def integer(self, low, high):
        """Both ends occur."""
        return int(self.rng.integers(low, high, endpoint=True))

    def scale(self):
        reach = 5.0 if self.wild else 2.0
        return float(10 ** self.rng.uniform(-reach, reach))

    def shape(self, rank=None):
        rank = self.pick([0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5]) if rank is None else rank
        sizes = [1, 2, 3, 4, 5, 6, 7, 8] + ([9, 11, 13, 17, 33] if rank < 4 else [])
        while True:
            shape = [self.pick(sizes) for _ in range(rank)]
            if rank and self.chance(0.5):
                shape[0] = 1
            if np.prod(shape, initial=1) <= 800:
                return shape

    def form(self, shape, scale):
        """One of the forms that data has: a function of a generator that gives floats of this shape."""
        kind = self.pick(["normal"] * 4 + ["uniform", "positive", "positive", "negative", "offset", "spread", "heavy",
                                           "constant", "zeros", "sparse", "halves"])
        level = self.rng.standard_normal()
        channels = 10 ** self.rng.uniform(-2, 0, shape[-1:])
        draw = {
            "normal": lambda r: r.standard_normal(shape),
            "uniform": lambda r: r.uniform(-1, 1, shape),
            "positive": lambda r: r.uniform(0, 1, shape),
            "negative": lambda r: -r.uniform(0.01, 1, shape),
            "offset": lambda r: 1 + 0.02 * r.standard_normal(shape),
            "spread": lambda r: r.standard_normal(shape) * channels,
            "heavy": lambda r: r.standard_normal(shape) ** 3,
            "constant": lambda r: np.full(shape, level),
            "zeros": lambda r: np.zeros(shape),
            "sparse": lambda r: r.standard_normal(shape) * (r.random(shape) < 0.2),
            "halves": lambda r: r.integers(-6, 7, shape) / 2,
        }[kind]
        factor = 1 if kind == "halves" else scale
        return lambda r: np.asarray(draw(r) * factor, np.float32)

    # Values.
    def put(self, name, arrays, source, smooth=False):
        self.values.append(Value(name, arrays, source, smooth=smooth))
        return self.values[-1]

    def add_input(self, shape, dtype=np.float32):
        dtype, scale = np.dtype(dtype), self.scale()
        if dtype == np.float32:
            form = self.form(list(shape), scale)
            arrays = [form(self.rng) for _ in range(self.samples)]
            return self.put(f"x{len(self.values)}", arrays, "input", smooth=True)
        low, high = {"bool": (0, 1), "uint8": (0, 255), "int8": (-128, 127)}.get(dtype.name, (-self.integer(0, 100), 100))
        arrays = [np.asarray(self.rng.integers(low, high, shape, endpoint=True)).astype(dtype) for _ in range(self.samples)]
        return self.put(f"x{len(self.values)}", arrays, "input")

    def add_indices(self, shape, size):
        arrays = [np.asarray(self.rng.integers(0, size, shape)).astype(np.int64) for _ in range(self.samples)]
        return self.put(f"x{len(self.values)}", arrays, "input")

    def constant(self, array, dtype=None, smooth=False):
        array = np.asarray(array, dtype)
        return self.put(f"c{len(self.values)}", [array] * self.samples, "constant", smooth=smooth)

    def weight(self, shape, scale=None):
        """A constant of numbers; now and then one that is there already."""
        same = [v for v in self.values if v.source == "constant" and v.smooth and list(v.shape) == list(shape)]
        if same and self.chance(0.5):
            return self.pick(same)
        form = self.form(list(shape), self.scale() if scale is None else scale)
        return self.constant(form(self.rng), smooth=True)

    def ints(self, *values):
        return self.constant(np.asarray(values, np.int64).reshape(len(values)))

    # Operands: what was not read yet is preferred, and other values are read again.
    def operand(self, accepts=lambda v: v.is_float):
        found = [v for v in self.values if v.source != "constant" and accepts(v)]
        unread = [v for v in found if v.reads == 0]
        if unread and self.chance(0.75):
            return unread[-1] if self.chance(0.5) else self.pick(unread)
        return self.pick(found) if found else None

    def node(self, op, *inputs, outputs=1, reads=(), **attributes):
        """Adds it and returns its Values, or None. Inputs are Values, or None for one that is left out.

        reads: further Values, which bodies among the attributes read.
        """
        inputs = self.some_constant(inputs)
        names = [f"n{len(self.nodes)}_{i}" for i in range(outputs)]
        node = helper.make_node(op, [v.name if v else "" for v in inputs], names, name=f"{op}_{len(self.nodes)}", **attributes)
        given = [*(v for v in inputs if v), *reads]
        distinct = list({v.name: v for v in given}.values())
        fed = [v for v in distinct if v.source != "constant"]
        model = self.model_of([node], names, fed, [v for v in distinct if v.source == "constant"])
        try:
            session = model_case.session(model)
            results = [session.run(None, {v.name: v.arrays[s] for v in fed}) for s in range(self.samples)]
        except Exception:  # noqa: BLE001  onnxruntime has several of its own
            return None
        made = [[np.asarray(r[i]) for r in results] for i in range(outputs)]
        if not all(acceptable(arrays) for arrays in made):
            return None
        for v in given:
            v.reads += 1
        self.nodes.append(node)
        return [self.put(n, arrays, "node") for n, arrays in zip(names, made)]

    def some_constant(self, inputs):
        """Now and then one of several computed operands is a constant instead, wherever it stands."""
        computed = [i for i, v in enumerate(inputs) if v and v.source != "constant"]
        if len(computed) < 2 or not self.chance(0.08):
            return inputs
        at = self.pick(computed)
        frozen = self.constant(inputs[at].arrays[0], smooth=inputs[at].is_float)
        return [frozen if i == at else v for i, v in enumerate(inputs)]

    def model_of(self, nodes, outputs, fed, constants):
        """outputs: names whose types onnxruntime finds itself; or Values, which are declared."""
        def declared(v):
            return helper.make_tensor_value_info(v.name, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape)

        outs = [helper.make_empty_tensor_value_info(o) if isinstance(o, str) else declared(o) for o in outputs]
        graph = helper.make_graph(nodes, "fuzz", [declared(v) for v in fed], outs,
                                  [numpy_helper.from_array(v.arrays[0], v.name) for v in constants])
        domains = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=domains, ir_version=helper.find_min_ir_version_for(domains))


def acceptable(arrays):
    first = arrays[0]
    return (all(a.shape == first.shape and a.dtype == first.dtype for a in arrays) and 0 < first.size <= MAX_ELEMENTS
            and first.dtype.kind in "fiub" and first.dtype not in (np.float64, np.float16)
            and all(np.isfinite(a).all() and np.abs(a.astype(np.float64)).max() < MAX_MAGNITUDE for a in arrays))
