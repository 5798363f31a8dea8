"""Writes risk_bound.onnx: the credit model of the folder next door with a bound behind it.

The one output says whether the risk is at most BOUND. The risk itself is an inner value, which no proof shows.
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).resolve().parent
BOUND = 0.4

model = onnx.load(FOLDER.parent / "credit" / "model.onnx")
risk = model.graph.output[0].name
model.graph.initializer.append(numpy_helper.from_array(np.array([BOUND], np.float32), "bound"))
model.graph.node.append(helper.make_node("LessOrEqual", [risk, "bound"], ["within_bound"], name="bounded"))
del model.graph.output[:]
model.graph.output.append(helper.make_tensor_value_info("within_bound", TensorProto.BOOL, [None, 1]))
onnx.checker.check_model(model)
onnx.save(model, FOLDER / "risk_bound.onnx")
