"""Models, keys, proofs: the classes of the package."""

import json
import os
import pathlib
import shutil
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Sequence, Union

import numpy as np

from . import _native
from ._convert import Values, arrays
from ._errors import BadInput

Progress = Optional[Callable[[str], Any]]
Path = Union[str, "os.PathLike[str]"]


def _device(given: str) -> str:
    """Cards are driven by a program that is installed beside the command, and not in this package."""
    command = shutil.which("proofcard") if given != "cpu" and "PROOFCARD_CARDS" not in os.environ else None
    if command is not None:
        os.environ["PROOFCARD_CARDS"] = os.path.dirname(os.path.realpath(command))
    return given


def _read(path: Path) -> bytes:
    try:
        return pathlib.Path(path).read_bytes()
    except OSError as error:
        raise BadInput(f"{os.fspath(path)}: cannot open: {error.strerror}", os.fspath(path)) from None


@dataclass(frozen=True)
class Tensor:
    """An input or output of a model: ``shape`` of one input, also in a batch; real value = ``scale`` * integer."""

    name: str
    shape: tuple
    visibility: str  # "private", "public" or "committed"
    scale: float


@dataclass(frozen=True)
class Output:
    """What a model gave, of the output's shape; with a batch, an axis of rows in front."""

    name: str
    integers: np.ndarray  # int64: exactly what is proved
    reals: np.ndarray  # float64: scale * integer


@dataclass(frozen=True)
class StatedTensor:
    """An input or output as a proof states it."""

    tensor: Tensor
    value: Optional[Output]  # of a public one
    commitment: Optional[str]  # digest, of a committed one


@dataclass(frozen=True)
class Statement:
    """What an accepted proof says."""

    model_name: str
    vk_digest: str
    batch: int
    zero_knowledge: bool
    seeded: bool
    weights_hidden: bool
    security_bits: float
    inputs: List[StatedTensor]
    outputs: List[StatedTensor]
    fixed_inputs: Dict[str, List[float]]  # inputs of the model's file that the key has as constants, row-major
    context: bytes  # what the proof was made for


def _tensor(info: "_native.TensorInfo") -> Tensor:
    return Tensor(info.name, tuple(info.shape), info.visibility.name, info.scale)


def _output(output: "_native.Output") -> Output:
    return Output(output.name, output.integers, output.reals)


class _File:
    """The content of one of the command line's files."""

    def __init__(self, native: Any) -> None:
        self._native = native

    @property
    def bytes(self) -> bytes:
        """The file."""
        return self._native.bytes()

    def __reduce__(self) -> Any:
        return _unpickle, (type(self), self.bytes)


def _unpickle(kind: Any, file: bytes) -> Any:
    return kind._from_bytes(file, kind.__name__)


class Model(_File):
    """A compiled model, the content of a ``.pcm`` file: a network as integers, with its weights. Made by :func:`compile`."""

    @classmethod
    def _from_bytes(cls, file: bytes, name: str) -> "Model":
        return cls(_native.Model.from_bytes(file, name))

    @property
    def name(self) -> str:
        """The model's name in its keys, which everybody sees."""
        return self._native.name

    @property
    def inputs(self) -> List[Tensor]:
        return [_tensor(t) for t in self._native.inputs()]

    @property
    def outputs(self) -> List[Tensor]:
        return [_tensor(t) for t in self._native.outputs()]

    @property
    def notes(self) -> List[str]:
        """What compiling assumed or approximated; empty when the model was loaded."""
        return self._native.notes

    @property
    def warnings(self) -> List[str]:
        """What compiling warns of, as too great a loss of accuracy; empty when the model was loaded."""
        return self._native.warnings

    @property
    def report(self) -> Dict[str, Any]:
        """As ``proofcard compile --report``: accuracy on the samples, what was tried, what a proof is estimated to cost."""
        return json.loads(self._native.report)

    def run(self, x: Values, *, saturate: bool = False) -> List[Output]:
        """Integer inference without a proof. ``x``: as for :meth:`Keys.prove`, of one input. Raises BadInput."""
        return [_output(o) for o in self._native.run(arrays(x), saturate)]

    def save(self, path: Path) -> None:
        """Writes a ``.pcm`` that only the owner can read. Raises BadInput."""
        self._native.save(os.fspath(path))


class Commitment(_File):
    """A commitment to one tensor, the content of a ``.commit`` file: for verifiers."""

    @classmethod
    def _from_bytes(cls, file: bytes, name: str) -> "Commitment":
        return cls(_native.Commitment.from_bytes(file, name))

    @property
    def digest(self) -> str:
        """64 hexadecimal digits, which name the commitment."""
        return self._native.digest


class Opening(_File):
    """The values behind a commitment and their blinding, the content of a ``.opening`` file. As secret as the values."""

    @classmethod
    def _from_bytes(cls, file: bytes, name: str) -> "Opening":
        return cls(_native.Opening.from_bytes(file, name))

    @property
    def commitment(self) -> Commitment:
        return Commitment(self._native.commitment())

    def save(self, name: Path, *, replace: bool = False) -> None:
        """Writes NAME.commit and NAME.opening, which only the owner can read. Raises BadInput, also when others stand there."""
        self._native.save(os.fspath(name), replace)


class VerifyingKey(_File):
    """What a verifier needs of a model, the content of a ``.vk`` file. ``keys.vk``, or :func:`load`."""

    @classmethod
    def _from_bytes(cls, file: bytes, name: str) -> "VerifyingKey":
        return cls(_native.VerifyingKey.from_bytes(file, name))

    @property
    def model_name(self) -> str:
        return self._native.model_name

    @property
    def digest(self) -> str:
        """64 hexadecimal digits: names the circuit and its weights."""
        return self._native.digest

    @property
    def batch(self) -> int:
        """How many inputs a proof is of."""
        return self._native.batch

    @property
    def inputs(self) -> List[Tensor]:
        return [_tensor(t) for t in self._native.inputs()]

    @property
    def outputs(self) -> List[Tensor]:
        return [_tensor(t) for t in self._native.outputs()]

    def save(self, path: Path, *, replace: bool = False) -> None:
        """Writes a ``.vk``. Raises BadInput, also when another key stands there and ``replace`` is false."""
        self._native.save(os.fspath(path), replace)


@dataclass(frozen=True)
class Proof:
    """A proof, and what the prover knows besides."""

    bytes: bytes  #: the proof file
    outputs: List[Output] = field(default_factory=list)  #: what the model gave; empty when the proof was loaded
    openings: List[Opening] = field(default_factory=list)  #: of the outputs, when they are committed
    warnings: List[str] = field(default_factory=list)  #: as values inside the model that had to be cut off
    report: Dict[str, Any] = field(default_factory=dict)  #: as ``proofcard prove --report``: times by stage, sizes, security

    def save(self, path: Path) -> None:
        """Writes the proof file, which ``proofcard verify`` takes."""
        temporary = f"{os.fspath(path)}.{os.getpid()}.{threading.get_ident()}"
        try:
            pathlib.Path(temporary).write_bytes(self.bytes)
            os.replace(temporary, path)
        except OSError as error:
            raise BadInput(f"{os.fspath(path)}: cannot write: {error.strerror}", os.fspath(path)) from None


class Keys(_File):
    """A prover key, the content of a ``.pk`` file: model, weights and verification key. Made by :func:`setup`.

    May be used from several threads, and pickled: to send one is to send the weights.
    """

    @classmethod
    def _from_bytes(cls, file: bytes, name: str) -> "Keys":
        return cls(_native.ProverKey.from_bytes(file, name))

    @property
    def vk(self) -> VerifyingKey:
        return VerifyingKey(self._native.verifying_key())

    def save(self, name: Path, *, replace: bool = False) -> None:
        """Writes NAME.pk, which only the owner can read, and NAME.vk, as ``proofcard setup -o NAME`` does.

        Raises BadInput, also when other keys stand there and ``replace`` is false: proofs for one key do not verify with another.
        """
        self._native.save(os.fspath(name), replace)

    def prove(
        self,
        x: Optional[Values] = None,
        *,
        openings: Optional[Sequence[Opening]] = None,
        zero_knowledge: bool = True,
        seed: Optional[int] = None,
        saturate: bool = False,
        context: Optional[bytes] = None,
        output_openings: Sequence[Opening] = (),
        device: str = "cpu",
        progress: Progress = None,
    ) -> Proof:
        """Runs the model on an input and proves it.

        x: an array of the input's shape (or flat) for a model of one input; a tuple of arrays in the model's order, or a dict by
            name, for several. With a key for batches each has one more axis in front, of as many rows as the batch.
        openings: instead of x, those of committed inputs, one an input.
        zero_knowledge: false is faster and hides nothing; verifiers refuse it unless they allow it.
        seed: deterministic blinding, for tests; verifiers refuse it unless they allow it.
        saturate: clip inputs beyond the model's range instead of refusing them.
        context: what the proof is made for, at most 32 bytes: a client's nonce, a recipient; verify it with the same.
        output_openings: what committed outputs are to be blinded with, those of :meth:`infer`; by default they are blinded anew.
        device: "cpu", or cards as the command's --device: the command has to be installed, on the PATH or where PROOFCARD_CARDS says.
        progress: called with the name of each stage that begins.

        The interpreter is free for other threads meanwhile; Ctrl-C stops the call.
        Raises BadInput for values of another shape, not finite, or beyond the range; DeviceFault.
        """
        given, opened = _inputs(x, openings)
        blinded = [o._native for o in output_openings]
        made = self._native.prove(given, opened, zero_knowledge, seed, saturate, _context(context), blinded, _device(device), progress)
        return _proof(made)

    def infer(self, x: Optional[Values] = None, *, openings: Optional[Sequence[Opening]] = None, saturate: bool = False) -> "Inference":
        """Runs the model without a proof, and commits to its outputs if they are to be: whoever goes on from them need not wait.

        The proof of it is made with ``output_openings``. x, openings, saturate: as for :meth:`prove`. Raises BadInput.
        """
        made = self._native.infer(*_inputs(x, openings), saturate)
        return Inference([_output(o) for o in made.outputs], [Opening(o) for o in made.openings])


@dataclass(frozen=True)
class Inference:
    """What a model gives, without a proof of it."""

    outputs: List[Output]
    openings: List[Opening]  #: of the outputs, with fresh blinding, when they are committed


def _inputs(x: Optional[Values], openings: Optional[Sequence[Opening]]) -> Any:
    """What a key proves, for the library: values, or openings of commitments."""
    if (x is None) == (openings is None):
        raise BadInput("input: expected either values or openings of commitments, found " + ("neither" if x is None else "both"), "input")
    if openings is not None and len(openings) == 0:
        raise BadInput("openings: expected one for each input of the model, found none", "openings")
    return [] if x is None else arrays(x), [] if openings is None else [o._native for o in openings]


def _proof(made: "_native.Proof") -> Proof:
    return Proof(
        made.bytes,
        [_output(o) for o in made.outputs],
        [Opening(o) for o in made.openings],
        list(made.warnings),
        json.loads(made.report),
    )


class Manifest(_File):
    """What a verifier needs of a split model, the content of a ``split.manifest``: the parts' keys, and what flows between them."""

    @classmethod
    def _from_bytes(cls, file: bytes, name: str) -> "Manifest":
        return cls(_native.SplitManifest.from_bytes(file, name))

    @property
    def model_name(self) -> str:
        return self._native.model_name

    @property
    def digest(self) -> str:
        """64 hexadecimal digits: names all parts and what flows between them."""
        return self._native.digest

    @property
    def inputs(self) -> List[Tensor]:
        """Of the whole model."""
        return [_tensor(t) for t in self._native.inputs()]

    @property
    def outputs(self) -> List[Tensor]:
        """Of the whole model."""
        return [_tensor(t) for t in self._native.outputs()]

    @property
    def parts(self) -> List[VerifyingKey]:
        """Of each part, in order."""
        return [VerifyingKey(self._native.part(i + 1)) for i in range(self._native.parts)]

    @property
    def sources(self) -> List[List[tuple]]:
        """By part, by input: (part, output) that it comes from, parts counted from 1; (0, input) of the whole model."""
        return [[tuple(source) for source in self._native.sources(i + 1)] for i in range(self._native.parts)]

    def save(self, path: Path, *, replace: bool = False) -> None:
        """Writes a manifest. Raises BadInput, also when another stands there and ``replace`` is false."""
        self._native.save(os.fspath(path), replace)


class SplitKeys:
    """The prover keys of a split model's parts, and its manifest. Made by :func:`split`. May be used from several threads, and pickled."""

    def __init__(self, native: Any) -> None:
        self._native = native

    @classmethod
    def _from_parts(cls, manifest: Manifest, parts: Sequence[Keys]) -> "SplitKeys":
        return cls(_native.SplitKey(manifest._native, [part._native for part in parts]))

    def __reduce__(self) -> Any:
        return SplitKeys._from_parts, (self.manifest, self.parts)

    @property
    def manifest(self) -> Manifest:
        return Manifest(self._native.manifest())

    @property
    def parts(self) -> List[Keys]:
        """Of each part, in order: ordinary keys, which may prove anywhere."""
        return [Keys(key) for key in self._native.parts()]

    def save(self, folder: Path, *, replace: bool = False) -> None:
        """Writes split.manifest and part1.pk, part2.pk, ..., which only the owner can read, as ``proofcard split -o FOLDER`` does.

        Raises BadInput, also when other keys stand there and ``replace`` is false.
        """
        self._native.save(os.fspath(folder), replace)

    def prove(
        self,
        x: Optional[Values] = None,
        *,
        openings: Optional[Sequence[Opening]] = None,
        zero_knowledge: bool = True,
        seed: Optional[int] = None,
        saturate: bool = False,
        context: Optional[bytes] = None,
        device: str = "cpu",
        progress: Progress = None,
    ) -> Proof:
        """Proves part after part, here; :func:`proofcard.cluster.prove_chain` proves them at once, on several machines.

        Arguments and errors: as of :meth:`Keys.prove`. The proof's bytes are a file with the proofs of all parts.
        """
        given, opened = _inputs(x, openings)
        return _proof(self._native.prove(given, opened, zero_knowledge, seed, saturate, _context(context), _device(device), progress))


def _context(given: Optional[bytes]) -> bytes:
    if given is None:
        return b""
    # bytes(7) would be seven zeros; and an empty nonce is a mistake of whoever made it, and not "none".
    if not isinstance(given, (bytes, bytearray, memoryview)) or not 1 <= len(bytes(given)) <= 32:
        raise BadInput("context: expected 1 to 32 bytes, found something else", "context")
    return bytes(given)
