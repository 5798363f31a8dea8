"""What runs in Ray's worker processes."""

from typing import Any, Dict, List, Optional

import proofcard as pc

#: The resource that machines with cards announce: ``ray start --resources '{"proofcard_card": 2}'``.
CARD = "proofcard_card"

_kept: Dict[str, pc.Keys] = {}


def keys_of(digest: str, reference: Any) -> pc.Keys:
    """The keys behind an object reference, read once a process: a large key takes longer to read than a small proof to make."""
    import ray

    if digest not in _kept:
        _kept.clear()  # a process is for one model at a time
        _kept[digest] = ray.get(reference)
    return _kept[digest]


def prove(digest: str, boxed: Any, x: Any, context: Optional[bytes], device: str, cpus: int, saturate: bool) -> pc.Proof:
    """One proof. boxed: [reference], for Ray would fetch a bare one before each call."""
    pc.set_threads(cpus)
    return keys_of(digest, boxed[0]).prove(x, context=context, device=device, saturate=saturate)


def prove_part(
    digest: str, boxed: Any, read: Dict[str, Any], blinded: List[pc.Opening], context: Optional[bytes], device: str, cpus: int, saturate: bool
) -> pc.Proof:
    """One part of a split model. read: x or openings, as Keys.prove takes them. blinded: of its outputs, when they are committed."""
    pc.set_threads(cpus)
    keys = keys_of(digest, boxed[0])
    return keys.prove(**read, output_openings=blinded, context=context, device=device, saturate=saturate and "x" in read)


def options(cpus: int, cards: int, retries: int) -> Dict[str, Any]:
    """Of a Ray task that makes one proof. A machine that is lost, and a card that fails, are reasons to try elsewhere; bad input is none."""
    return {
        "num_cpus": cpus,
        "resources": {CARD: cards} if cards else {},
        "max_retries": retries,
        "retry_exceptions": [pc.DeviceFault],
    }


def cause(error: BaseException) -> BaseException:
    """What the worker raised, and not Ray's account of it."""
    found = getattr(error, "cause", None)
    return found if isinstance(found, pc.Error) else error
