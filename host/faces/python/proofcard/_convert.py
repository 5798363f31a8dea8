"""From what Python programs have to what the library takes."""

import os
from typing import Any, Mapping, Sequence, Union

import numpy as np

from . import _native
from ._errors import BadInput

#: Values of a model's inputs: an array or nested lists (a model of one input), a tuple of arrays in the model's order, or a dict of
#: arrays by the inputs' names.
Values = Union[Any, Sequence[Any], Mapping[str, Any]]


def _array(name: str, value: Any) -> "_native.Array":
    try:
        numbers = np.ascontiguousarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        where = f"input {name!r}" if name else "input"
        raise BadInput(f"{where}: expected an array of real numbers, found {type(value).__name__} ({error})", where) from None
    # NumPy makes an array of one axis of a scalar here.
    return _native.array(name, numbers.reshape(np.shape(value)))


def arrays(values: Values) -> "list[_native.Array]":
    """One array an input."""
    if isinstance(values, Mapping):
        return [_array(str(name), value) for name, value in values.items()]
    if isinstance(values, tuple):
        return [_array("", value) for value in values]
    return [_array("", values)]


def is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def onnx_bytes(model: Any, example_input: Any) -> bytes:
    """An ONNX file of an onnx.ModelProto or a torch.nn.Module."""
    if hasattr(model, "SerializeToString"):
        return bytes(model.SerializeToString())
    if hasattr(model, "state_dict") and hasattr(model, "eval"):
        return _export_torch(model, example_input)
    found = f"{type(model).__module__}.{type(model).__qualname__}"
    raise BadInput(f"model: expected a path, bytes, an onnx.ModelProto or a torch.nn.Module, found {found}", "model")


def _export_torch(model: Any, example_input: Any) -> bytes:
    import inspect
    import io

    import torch

    if example_input is None:
        raise BadInput("example_input: expected a tensor, or a tuple of them, to export the torch model with, found none", "example_input")
    inputs = example_input if isinstance(example_input, tuple) else (example_input,)
    inputs = tuple(torch.as_tensor(value) for value in inputs)
    # The exporter that needs no further package, where torch has two.
    choice = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    buffer = io.BytesIO()
    was_training = model.training
    model.eval()
    try:
        # Without gradients torch takes paths of its own through a transformer's layers, which its exporter does not know.
        with torch.enable_grad():
            torch.onnx.export(model, inputs, buffer, **choice)
    finally:
        model.train(was_training)
    return buffer.getvalue()
