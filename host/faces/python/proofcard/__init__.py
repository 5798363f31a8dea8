"""Zero-knowledge proofs of machine learning.

    import proofcard as pc

    model = pc.compile("model.onnx", calibration=samples)
    keys = pc.setup(model)
    proof = keys.prove(x)
    statement = pc.verify(keys.vk, proof)       # raises pc.Rejected

docs/python.md has the rest. Files are those of the command ``proofcard``.
"""

from . import _native
from ._api import commit, compile, inspect, join_proofs, load, open, set_threads, setup, split, verify
from ._errors import BadInput, DeviceFault, Error, Rejected
from ._files import (
    Commitment,
    Inference,
    Keys,
    Manifest,
    Model,
    Opening,
    Output,
    Proof,
    SplitKeys,
    StatedTensor,
    Statement,
    Tensor,
    VerifyingKey,
)

__version__: str = _native.version()

__all__ = [
    "BadInput",
    "Commitment",
    "DeviceFault",
    "Error",
    "Inference",
    "Keys",
    "Manifest",
    "Model",
    "Opening",
    "Output",
    "Proof",
    "Rejected",
    "SplitKeys",
    "Statement",
    "StatedTensor",
    "Tensor",
    "VerifyingKey",
    "commit",
    "compile",
    "inspect",
    "join_proofs",
    "load",
    "open",
    "set_threads",
    "setup",
    "split",
    "verify",
]
