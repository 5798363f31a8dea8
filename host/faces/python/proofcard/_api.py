"""The functions of the package; its classes are in :mod:`proofcard._files`."""

import json
import os
from typing import Any, Dict, Literal, Mapping, Optional, Sequence, Union

import numpy as np

from . import _native
from ._convert import Values, arrays, is_path, onnx_bytes
from ._errors import BadInput
from ._files import (
    Commitment,
    Keys,
    Manifest,
    Model,
    Opening,
    Output,
    Path,
    Progress,
    Proof,
    SplitKeys,
    StatedTensor,
    Statement,
    VerifyingKey,
    _context,
    _device,
    _File,
    _output,
    _read,
    _tensor,
)


def split(
    model: Model, parts: int, *, hide_weights: bool = True, device: str = "cpu", progress: Progress = None
) -> SplitKeys:
    """Splits a model in parts that are proved by themselves and verified as one: ``pc.verify(keys.manifest, proof)``.

    Parts compute exactly what the whole does; what flows between them is committed, and hidden. It is cut where parts cost alike and
    little flows. hide_weights: as of :func:`setup`.
    Raises BadInput when the model cannot be cut in so many parts, and says what is in the way; DeviceFault. Ctrl-C stops the call.
    """
    return SplitKeys(_native.SplitKey.split(model._native, parts, hide_weights, _device(device), progress))


def join_proofs(proofs: Sequence[Union[Proof, bytes]]) -> Proof:
    """A split model's proof from its parts' proofs, in order. Nothing is verified."""
    return Proof(_native.join_proofs([p.bytes if isinstance(p, Proof) else bytes(p) for p in proofs]))


def compile(
    model: Any,
    *,
    calibration: Optional[Union[Path, Values]] = None,
    example_input: Any = None,
    name: str = "",
    input: str = "private",
    output: str = "public",
    weights: str = "private",
    bits: Optional[int] = None,
    target_accuracy: float = 99.0,
    measure: str = "",
    output_bits: int = 32,
    shapes: Optional[Mapping[str, Sequence[int]]] = None,
    fixed: Optional[Mapping[str, Any]] = None,
    input_like: Optional[Path] = None,
    generate: int = 0,
    end_token: Optional[int] = None,
    device: str = "cpu",
    progress: Progress = None,
) -> Model:
    """Makes integers of a float model.

    model: a path or the bytes of an ONNX file, an onnx.ModelProto, or a torch.nn.Module, which is exported with example_input.
    calibration: typical inputs, some tens, as for Keys.prove with an axis of samples in front; or a path to a JSON or .npy file
        of them, as the command line's. Without it ranges are those that the model itself says, or made up.
    input, output, weights: who sees them: "private", "public" or "committed".
    bits: 8 or 16; by default the cheapest, tensor by tensor, that keeps target_accuracy per cent of the predictions.
    The others are the options of ``proofcard compile``.

    Raises BadInput, naming what is not supported or does not fit. Ctrl-C stops the call.
    """
    options = _native.CompileOptions()
    options.name = name
    for side, value in (("input", input), ("output", output), ("weights", weights)):
        if value not in ("private", "public", "committed"):
            raise BadInput(f"{side}: expected private, public or committed, found {value!r}", side)
        setattr(options, side, getattr(_native.Visibility, value))
    if calibration is not None and is_path(calibration):
        options.samples_file = os.fspath(calibration)
    elif calibration is not None:
        options.samples = arrays(calibration)
    options.bits = 0 if bits is None else bits
    options.target_accuracy = target_accuracy
    options.measure = measure
    options.output_bits = output_bits
    options.shapes = [f"{key}={'x'.join(str(int(n)) for n in value)}" for key, value in (shapes or {}).items()]
    options.fixed = [f"{key}={','.join(json.dumps(v) for v in np.ravel(value).tolist())}" for key, value in (fixed or {}).items()]
    options.input_like = "" if input_like is None else os.fspath(input_like)
    options.generate = generate
    options.end_token = end_token
    if is_path(model):
        return Model(_native.Model.compile_file(os.fspath(model), options, _device(device), progress))
    onnx = bytes(model) if isinstance(model, (bytes, bytearray, memoryview)) else onnx_bytes(model, example_input)
    return Model(_native.Model.compile(onnx, options, _device(device), progress))


def setup(
    model: Model,
    *,
    batch: int = 1,
    hide_weights: bool = True,
    commitments: Literal["hyrax", "hash"] = "hyrax",
    security: int = 100,
    device: str = "cpu",
    progress: Progress = None,
) -> Keys:
    """Keys for a model: commitments to its weights, and a proof that they lie in their ranges. No ceremony, nothing to download.

    batch: how many inputs each proof is of. hide_weights: false makes keys that allow proofs without zero knowledge.
    commitments: "hyrax" for points of BN254, which hide; "hash" for proofs that stay sound against quantum computers, and hide
    nothing yet: hide_weights and prove's zero_knowledge have to be false then. security: with "hash", bits that are proved.
    Raises BadInput; DeviceFault. Ctrl-C stops the call.
    """
    return Keys(_native.ProverKey.setup(model._native, batch, hide_weights, commitments, security, _device(device), progress))


def verify(
    vk: Union[VerifyingKey, Manifest],
    proof: Union[Proof, bytes],
    *,
    allow_seeded: bool = False,
    allow_no_zero_knowledge: bool = False,
    key_checked: bool = False,
    input_commitments: Sequence[Commitment] = (),
    output_commitments: Sequence[Commitment] = (),
    context: Optional[bytes] = None,
    progress: Progress = None,
) -> Statement:
    """Checks a proof, on the processor, and returns what it states: read it, an accepted proof says no more than that.

    vk: the verification key; or the manifest of a split model, whose proof has those of all parts. The statement is about the whole
        then, and its vk_digest the manifest's.

    input_commitments, output_commitments: what the proof's committed tensors have to be, one a tensor.
    key_checked: this key's weights were checked by an earlier call: skip the check that is due once a model.
    context: what the proof has to be made for; None: one that was made with a context is rejected.
    Raises Rejected, with the stage; BadInput for bytes that are no proof.
    """
    content = proof.bytes if isinstance(proof, Proof) else bytes(proof)
    stated = _native.verify(
        vk._native,
        content,
        allow_seeded,
        allow_no_zero_knowledge,
        key_checked,
        [c._native for c in input_commitments],
        [c._native for c in output_commitments],
        _context(context),
        progress,
    )
    tensors = [
        [StatedTensor(_tensor(t.info), _output(t.value) if t.value is not None else None, t.commitment) for t in side]
        for side in (stated.inputs, stated.outputs)
    ]
    return Statement(
        stated.model_name,
        stated.vk_digest,
        stated.batch,
        stated.zero_knowledge,
        stated.seeded,
        stated.weights_hidden,
        stated.security_bits,
        *tensors,
        {fixed.name: fixed.values for fixed in stated.fixed_inputs},
        stated.context,
    )


def commit(key: Union[VerifyingKey, Keys], x: Values, *, index: int = 0, output: bool = False, saturate: bool = False) -> Opening:
    """Commits to one input (or output) of a model compiled with that side committed, with fresh blinding.

    x: values of all tensors of the side, as for Keys.prove; index: which of them. Raises BadInput.
    """
    vk = key.vk if isinstance(key, Keys) else key
    return Opening(_native.commit(vk._native, arrays(x), index, output, saturate))


def open(commitment: Commitment, opening: Opening) -> Output:
    """The values behind a commitment. Raises Rejected when the opening is not its."""
    return _output(_native.open(commitment._native, opening._native))


_KINDS = {
    "model": Model,
    "prover_key": Keys,
    "verifying_key": VerifyingKey,
    "commitment": Commitment,
    "opening": Opening,
    "split_manifest": Manifest,
}


def load(path: Path) -> Union[Model, Keys, VerifyingKey, Proof, Commitment, Opening, Manifest, SplitKeys]:
    """What a .pcm, .pk, .vk, proof, .commit, .opening or split.manifest holds, or the folder of a split model.

    Raises BadInput for another or a damaged file.
    """
    if os.path.isdir(path):
        return SplitKeys(_native.SplitKey.load(os.fspath(path)))
    file = _read(path)
    kind = _native.file_kind(file).name
    if kind in ("proof", "split_proof"):
        return Proof(file)
    if kind not in _KINDS:
        raise BadInput(f"{os.fspath(path)}: expected a model, key, proof, commitment or opening of proofcard, found another file", os.fspath(path))
    return _KINDS[kind]._from_bytes(file, os.fspath(path))


def inspect(what: Union[Path, bytes, _File, Proof]) -> Dict[str, Any]:
    """What a file or object holds, without a weight or a private value: the fields of ``proofcard inspect --json``.

    Raises BadInput.
    """
    if is_path(what):
        return json.loads(_native.inspect(_read(what), os.fspath(what)))  # type: ignore[arg-type]
    content = what.bytes if isinstance(what, (_File, Proof)) else bytes(what)  # type: ignore[arg-type]
    return json.loads(_native.inspect(content, type(what).__name__))


def set_threads(threads: int) -> None:
    """How many threads all calls of this process together may use; 0: as many as there are."""
    if threads < 0:
        raise BadInput(f"threads: expected 0 or more, found {threads}", "threads")
    _native.set_threads(threads)
