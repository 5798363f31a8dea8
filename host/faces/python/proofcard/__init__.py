"""Zero-knowledge proofs of machine learning.

    import proofcard as pc

    model = pc.compile("model.onnx", calibration=samples)
    keys = pc.setup(model)
    proof = keys.prove(x)
    statement = pc.verify(keys.vk, proof)       # raises pc.Rejected

docs/python.md has the rest. Files are those of the command ``proofcard``.
"""

from . import _native
from ._api import (
    Commitment,
    Keys,
    Model,
    Opening,
    Output,
    Proof,
    Statement,
    StatedTensor,
    Tensor,
    VerifyingKey,
    commit,
    compile,
    inspect,
    load,
    open,
    set_threads,
    setup,
    verify,
)
from ._errors import BadInput, DeviceFault, Error, Rejected

__version__: str = _native.version()

__all__ = [
    "BadInput",
    "Commitment",
    "DeviceFault",
    "Error",
    "Keys",
    "Model",
    "Opening",
    "Output",
    "Proof",
    "Rejected",
    "Statement",
    "StatedTensor",
    "Tensor",
    "VerifyingKey",
    "commit",
    "compile",
    "inspect",
    "load",
    "open",
    "set_threads",
    "setup",
    "verify",
]
