"""prove_chain: the parts of a split model, a task of Ray each."""

from typing import Any, Dict, List, Optional

import proofcard as pc

from . import _worker
from ._many import _WRONG_PROOFS, connected, expect_stated


def prove_chain(
    keys: pc.SplitKeys,
    x: Any,
    *,
    context: Optional[bytes] = None,
    saturate: bool = False,
    device: str = "cpu",
    cpus: int = 1,
    cards: int = 0,
    retries: int = 5,
    check: bool = True,
) -> pc.Proof:
    """Proves one input of a split model on the machines of the Ray cluster that this process is connected to, a part a task.

    The model is run here, part after part, which takes a small part of a proof's time; then all parts are proved at once. What flows
    between them is blinded here, so that a part which is begun again elsewhere still fits the others.

    keys: of proofcard.split. x: as for SplitKeys.prove. cpus: processors, and threads, of one part. cards, device, retries: as for
    prove_many. check: verify the whole here; where a faulty machine made a part wrong, all parts are made again.

    Returns a proof for pc.verify(keys.manifest, proof). Raises BadInput, DeviceFault, Rejected (wrong each time), and Ray's errors when
    all retries were lost.
    """
    ray = connected(cpus, cards, retries)
    manifest = keys.manifest
    parts = keys.parts
    sources = manifest.sources
    made: List[pc.Inference] = []
    read: List[Dict[str, Any]] = []  # what each part is proved of
    # Inputs of the whole that later parts read are committed ones.
    first: Dict[str, Any] = {"x": x}
    committed: List[pc.Opening] = []
    if parts[0].vk.inputs[0].visibility == "committed":
        committed = [pc.commit(parts[0], x, index=i, saturate=saturate) for i in range(len(sources[0]))]
        first = {"openings": committed}
    for part, from_ in zip(parts, sources):
        if not read:
            read.append(first)
        else:
            read.append({"openings": [committed[i] if p == 0 else made[p - 1].openings[i] for p, i in from_]})
        made.append(part.infer(**read[-1], saturate=saturate and "x" in read[-1]))
    task = ray.remote(_worker.prove_part).options(**_worker.options(cpus, cards, retries))
    boxed = [[ray.put(part)] for part in parts]
    digests = [vk.digest for vk in manifest.parts]
    wrong = 0
    while True:
        references = [
            task.remote(digests[p], boxed[p], read[p], made[p].openings, context, device, cpus, saturate) for p in range(len(parts))
        ]
        try:
            proofs = ray.get(references)
        except Exception as error:  # noqa: BLE001: told as what the worker raised
            raise _worker.cause(error) from None
        finally:
            for reference in references:
                ray.cancel(reference, force=True)
        proof = pc.Proof(
            pc.join_proofs(proofs).bytes,
            proofs[-1].outputs,
            proofs[-1].openings,
            [text for part in proofs for text in part.warnings],
            {"parts": [part.report for part in proofs]},
        )
        if not check:
            return proof
        try:
            expect_stated(proof, pc.verify(manifest, proof, context=context))
            return proof
        except pc.Rejected:
            wrong += 1
            if wrong == _WRONG_PROOFS:
                raise
