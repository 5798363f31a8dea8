"""prove_chain: the parts of one model over machines that die and lie."""

import os
import signal
import sys

import pytest
import ray

import proofcard as pc
from proofcard.cluster import prove_chain

# Workers cannot import this file.
ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.fixture(scope="module")
def model(samples):
    return pc.compile(pc_lenet(), calibration=samples[:20])


def pc_lenet():
    import pathlib

    return pathlib.Path(__file__).resolve().parents[2] / "examples/lenet5/model.onnx"


@pytest.fixture(scope="module")
def split(model):
    return pc.split(model, 4)


class Parts:
    """Of split keys, with keys of another class in it."""

    def __init__(self, split, kind):
        self.manifest = split.manifest
        self.parts = [kind._from_bytes(part.bytes, "part") for part in split.parts]


class PlacedKeys(pc.Keys):
    """Of a machine that says where it is."""

    def prove(self, *arguments, **options):
        with open(PlacedKeys.places, "a") as file:
            file.write(ray.get_runtime_context().get_node_id() + "\n")
        return super().prove(*arguments, **options)


def test_parts_are_proved_on_several_nodes(cluster, split, model, samples, tmp_path):
    PlacedKeys.places = str(tmp_path / "places")
    proof = prove_chain(Parts(split, PlacedKeys), samples[0], context=b"nonce")
    stated = pc.verify(split.manifest, proof, context=b"nonce")
    assert stated.outputs[0].value.integers.tolist() == model.run(samples[0])[0].integers.tolist()
    places = (tmp_path / "places").read_text().split()
    assert len(places) == 4 and len(set(places)) > 1


class DyingKeys(pc.Keys):
    """Of a process that is killed while it proves, the first time."""

    def prove(self, *arguments, **options):
        try:
            os.close(os.open(DyingKeys.marker, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return super().prove(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_part_that_is_begun_again_fits_the_others(cluster, split, samples, tmp_path):
    DyingKeys.marker = str(tmp_path / "killed")
    proof = prove_chain(Parts(split, DyingKeys), samples[1], check=False)
    assert (tmp_path / "killed").exists()
    pc.verify(split.manifest, proof)


class WrongKeys(pc.Keys):
    """Of a machine that gives a wrong proof, the first time."""

    def prove(self, *arguments, **options):
        made = super().prove(*arguments, **options)
        try:
            os.close(os.open(WrongKeys.marker, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return made
        wrong = bytearray(made.bytes)
        wrong[len(wrong) // 2] ^= 1
        return pc.Proof(bytes(wrong), made.outputs, made.openings)


def test_a_wrong_part_is_made_again(cluster, split, samples, tmp_path):
    WrongKeys.marker = str(tmp_path / "wrong")
    pc.verify(split.manifest, prove_chain(Parts(split, WrongKeys), samples[2]))
    assert (tmp_path / "wrong").exists()


def test_bad_input_is_told_here(cluster, split, samples):
    with pytest.raises(pc.BadInput, match="beyond|range|expected"):
        prove_chain(split, samples[0] * 1e9)
