"""prove_many: all proofs arrive, in order, whatever dies; what is wrong is told, and nothing else is lost by it."""

import dataclasses
import os
import signal
import sys

import numpy as np
import pytest
import ray

import proofcard as pc
from proofcard.cluster import prove_many

# Workers cannot import this file.
ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])


def same_answers(keys, inputs, proofs, contexts=None):
    for i, (x, proof) in enumerate(zip(inputs, proofs)):
        stated = pc.verify(keys.vk, proof, context=contexts[i] if contexts else None)
        expected = keys.prove(x).outputs[0].integers
        assert stated.outputs[0].value.integers.tolist() == expected.tolist()


class PlacedKeys(pc.Keys):
    """Of a machine that says where it is."""

    def prove(self, *arguments, **options):
        with open(PlacedKeys.places, "a") as file:
            file.write(ray.get_runtime_context().get_node_id() + "\n")
        return super().prove(*arguments, **options)


def test_a_node_is_killed_in_mid_run(cluster, keys, samples, tmp_path):
    PlacedKeys.places = str(tmp_path / "places")
    inputs = [samples[i % len(samples)] for i in range(24)]
    seen = []
    lost = []

    def kill_the_last(number):
        seen.append(number)
        if number == 4:
            begun = (tmp_path / "places").read_text().split()
            lost.append(next(node for node in cluster.workers if node.node_id == begun[-1]))
            cluster.remove_node(lost[0], allow_graceful=False)

    proofs = prove_many(PlacedKeys._from_bytes(keys.bytes, "keys"), inputs, progress=kill_the_last)
    assert seen == list(range(1, 25))
    assert lost[0].node_id in (tmp_path / "places").read_text()
    same_answers(keys, inputs, proofs)


class DyingKeys(pc.Keys):
    """Of a process that is killed while it proves, the first time."""

    def prove(self, *arguments, **options):
        try:
            os.close(os.open(DyingKeys.marker, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return super().prove(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_is_killed_while_it_proves(cluster, keys, samples, tmp_path):
    DyingKeys.marker = str(tmp_path / "killed")
    proofs = prove_many(DyingKeys._from_bytes(keys.bytes, "keys"), samples[:3])
    assert (tmp_path / "killed").exists()
    same_answers(keys, samples, proofs)


def test_no_retry_is_an_error(cluster, keys, samples, tmp_path):
    DyingKeys.marker = str(tmp_path / "killed")
    with pytest.raises(ray.exceptions.WorkerCrashedError):
        prove_many(DyingKeys._from_bytes(keys.bytes, "keys"), samples[:1], retries=0)


def test_contexts_are_each_proof_s_own(cluster, keys, samples):
    contexts = [b"one", b"two", None]
    proofs = prove_many(keys, samples[:3], contexts=contexts)
    same_answers(keys, samples, proofs, contexts)
    with pytest.raises(pc.Rejected, match="context"):
        pc.verify(keys.vk, proofs[0], context=b"two")
    with pytest.raises(pc.BadInput, match="contexts: expected one for each input, found 1"):
        prove_many(keys, samples[:2], contexts=[b"one"])


def test_bad_input_is_told_with_its_number(cluster, keys, samples):
    inputs = [samples[0], np.zeros((3, 3)), samples[1]]
    with pytest.raises(pc.BadInput, match=r"^input 1: .*expected shape \[1,1,28,28\]"):
        prove_many(keys, inputs)
    results = prove_many(keys, inputs, errors="return")
    assert isinstance(results[1], pc.BadInput)
    same_answers(keys, [samples[0], samples[1]], [results[0], results[2]])
    assert prove_many(keys, []) == []


class FaultyKeys(pc.Keys):
    """Of a machine that gives a wrong proof the first time."""

    def prove(self, *arguments, **options):
        proof = super().prove(*arguments, **options)
        try:
            os.close(os.open(FaultyKeys.marker, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return proof
        changed = bytearray(proof.bytes)
        changed[-1] ^= 1
        return dataclasses.replace(proof, bytes=bytes(changed))


def test_a_wrong_proof_is_made_again(cluster, keys, samples, tmp_path):
    FaultyKeys.marker = str(tmp_path / "lied")
    proofs = prove_many(FaultyKeys._from_bytes(keys.bytes, "keys"), samples[:2])
    assert (tmp_path / "lied").exists()
    same_answers(keys, samples, proofs)


class LyingKeys(pc.Keys):
    """Of a machine that says other outputs than its proof."""

    def prove(self, *arguments, **options):
        proof = super().prove(*arguments, **options)
        said = [dataclasses.replace(output, integers=output.integers + 1) for output in proof.outputs]
        return dataclasses.replace(proof, outputs=said)


def test_outputs_are_those_of_the_proof(cluster, keys, samples):
    lying = LyingKeys._from_bytes(keys.bytes, "keys")
    with pytest.raises(pc.Rejected, match=r"input 0: output .*: expected what the proof states"):
        prove_many(lying, samples[:1])
    assert len(prove_many(lying, samples[:1], check=False)) == 1


class CardKeys(pc.Keys):
    """Of a machine that says where it is, and whose card fails the first time."""

    def prove(self, *arguments, **options):
        open(CardKeys.places, "a").write(ray.get_runtime_context().get_node_id() + "\n")
        if len(open(CardKeys.places).readlines()) == 1:
            raise pc.DeviceFault("card: it hangs", "card")
        return super().prove(*arguments, **options)


def test_proofs_with_cards_go_where_cards_are_and_again_when_one_fails(cluster, keys, samples, tmp_path):
    CardKeys.places = str(tmp_path / "places")
    proofs = prove_many(CardKeys._from_bytes(keys.bytes, "keys"), samples[:3], cards=1)
    same_answers(keys, samples, proofs)
    places = (tmp_path / "places").read_text().split()
    assert len(places) == 4 and set(places) == {cluster.workers[1].node_id}
    with pytest.raises(pc.BadInput, match="cards: expected a cluster with 2 proofcard_card or more, found 1"):
        prove_many(keys, samples[:1], cards=2)


@pytest.mark.parametrize("name, value", [("cpus", 0), ("cpus", 1.5), ("cards", -1), ("retries", -1), ("errors", "ignore")])
def test_wrong_options_are_named(cluster, keys, samples, name, value):
    with pytest.raises(pc.BadInput, match=f"^{name}: expected"):
        prove_many(keys, samples[:1], **{name: value})
