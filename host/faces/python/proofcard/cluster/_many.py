"""prove_many: one task of Ray a proof."""

import collections
from typing import Any, Callable, Deque, Dict, Iterable, List, Literal, Optional, Sequence, Tuple, Union

import proofcard as pc

from . import _worker

#: How often a proof that does not verify is made again before it is an error. It was made by a faulty machine.
_WRONG_PROOFS = 2


def prove_many(
    keys: pc.Keys,
    inputs: Iterable[Any],
    *,
    contexts: Optional[Sequence[Optional[bytes]]] = None,
    saturate: bool = False,
    device: str = "cpu",
    cpus: int = 1,
    cards: int = 0,
    retries: int = 5,
    in_flight: Optional[int] = None,
    errors: Literal["raise", "return"] = "raise",
    check: bool = True,
    progress: Optional[Callable[[int], Any]] = None,
) -> List[Union[pc.Proof, Exception]]:
    """Proves each input on some machine of the Ray cluster that this process is connected to (or of a new one of this machine).

    keys: sent to each machine once, with the weights in them. inputs: each as for Keys.prove; read as proofs are begun.
    contexts: one an input, or None for none.
    cpus: processors, and threads, of one proof. cards: how much of the resource "proofcard_card" one takes, with device to name them.
    retries: how often a proof is begun again when its machine is lost or its card fails.
    in_flight: how many are begun before others end; by default twice as many as the cluster has room for.
    errors: "raise" ends with the first input that cannot be proved, and stops the others; "return" has the error in its proof's place.
    check: verify each proof here, which takes milliseconds: a faulty machine's is made again.
    progress: called with the number of proofs that are there.

    Returns proofs in the order of the inputs. Raises BadInput, DeviceFault, Rejected (a proof that was wrong each time), and Ray's
    errors: ray.exceptions.WorkerCrashedError and others, when all retries were lost.
    """
    if errors not in ("raise", "return"):
        raise pc.BadInput(f"errors: expected raise or return, found {errors!r}", "errors")
    connected(cpus, cards, retries)
    return _Run(keys, contexts, saturate, device, cpus, cards, retries, in_flight, errors == "return", check, progress).run(inputs)


def connected(cpus: int, cards: int, retries: int) -> Any:
    """Ray, connected to a cluster which has what one proof takes. Raises BadInput."""
    try:
        import ray
    except ImportError:
        raise pc.BadInput("ray: expected Ray to be installed (pip install proofcard[ray]), found no such package", "ray") from None
    for name, value, least in (("cpus", cpus, 1), ("cards", cards, 0), ("retries", retries, 0)):
        if int(value) != value or value < least:
            raise pc.BadInput(f"{name}: expected a whole number of {least} or more, found {value}", name)
    if not ray.is_initialized():
        ray.init()
    has = ray.cluster_resources().get(_worker.CARD, 0)
    if cards and has < cards:
        raise pc.BadInput(f"cards: expected a cluster with {cards} {_worker.CARD} or more, found {has:g}", "cards")
    return ray


def expect_stated(proof: pc.Proof, stated: pc.Statement) -> None:
    """A faulty machine may say another output than its proof. Raises Rejected."""
    for said, shown in zip(proof.outputs, stated.outputs):
        if shown.value is not None and shown.value.integers.tolist() != said.integers.tolist():
            raise pc.Rejected(f"output {said.name!r}: expected what the proof states, found other values", "outputs")


class _Run:
    def __init__(
        self,
        keys: pc.Keys,
        contexts: Optional[Sequence[Optional[bytes]]],
        saturate: bool,
        device: str,
        cpus: int,
        cards: int,
        retries: int,
        in_flight: Optional[int],
        return_errors: bool,
        check: bool,
        progress: Optional[Callable[[int], Any]],
    ) -> None:
        import ray

        self._ray = ray
        self._vk = keys.vk
        self._boxed = [ray.put(keys)]
        self._contexts = contexts
        self._saturate = saturate
        self._device = device
        self._cpus = cpus
        self._task = ray.remote(_worker.prove).options(**_worker.options(cpus, cards, retries))
        room = ray.cluster_resources()
        self._in_flight = in_flight or max(2, 2 * int(room.get("CPU", 1) // cpus))
        self._return_errors = return_errors
        self._check = check
        self._progress = progress
        self._key_checked = False

    def run(self, inputs: Iterable[Any]) -> List[Union[pc.Proof, Exception]]:
        done: Dict[int, Union[pc.Proof, Exception]] = {}
        waiting: Dict[Any, Tuple[int, Any, int]] = {}  # by reference: number, input, wrong proofs so far
        again: Deque[Tuple[int, Any, int]] = collections.deque()
        source = enumerate(inputs)
        more = True
        try:
            while more or waiting or again:
                while (more or again) and len(waiting) < self._in_flight:
                    if again:
                        job = again.popleft()
                    else:
                        try:
                            job = (*next(source), 0)
                        except StopIteration:
                            more = False
                            break
                    waiting[self._begin(*job[:2])] = job
                if not waiting:
                    continue
                (reference,), _ = self._ray.wait(list(waiting), num_returns=1)
                number, x, wrong = waiting.pop(reference)
                try:
                    done[number] = self._take(reference, number)
                except pc.Rejected as error:
                    if wrong + 1 < _WRONG_PROOFS:
                        again.append((number, x, wrong + 1))
                        continue
                    self._fail(done, number, error)
                except Exception as error:  # noqa: BLE001: told with its input, or returned
                    self._fail(done, number, _worker.cause(error))
                if self._progress is not None:
                    self._progress(len(done))
        finally:
            for reference in waiting:
                self._ray.cancel(reference, force=True)
        return [done[i] for i in range(len(done))]

    def _begin(self, number: int, x: Any) -> Any:
        return self._task.remote(self._vk.digest, self._boxed, x, self._context(number), self._device, self._cpus, self._saturate)

    def _context(self, number: int) -> Optional[bytes]:
        if self._contexts is None:
            return None
        if number >= len(self._contexts):
            raise pc.BadInput(f"contexts: expected one for each input, found {len(self._contexts)}", "contexts")
        return self._contexts[number]

    def _take(self, reference: Any, number: int) -> pc.Proof:
        proof = self._ray.get(reference)
        if self._check:
            stated = pc.verify(self._vk, proof, context=self._context(number), key_checked=self._key_checked)
            self._key_checked = True
            expect_stated(proof, stated)
        return proof

    def _fail(self, done: Dict[int, Union[pc.Proof, Exception]], number: int, error: BaseException) -> None:
        if not isinstance(error, Exception):
            raise error
        if isinstance(error, pc.Error):
            error = type(error)(f"input {number}: {error}", error.where)
        if not self._return_errors:
            raise error from None
        done[number] = error
