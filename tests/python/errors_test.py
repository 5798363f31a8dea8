"""What goes wrong, and how it is said."""

import numpy as np
import pytest

import proofcard as pc


def test_a_tampered_proof_is_rejected_with_its_stage(diagnosis, keys):
    proof = bytearray(keys.prove(diagnosis.input).bytes)
    proof[-1] ^= 1
    with pytest.raises(pc.Rejected) as error:
        pc.verify(keys.vk, bytes(proof))
    assert error.value.stage and str(error.value).startswith(error.value.stage)
    assert not isinstance(error.value, pc.BadInput)


def test_another_key_rejects(diagnosis, model, keys):
    with pytest.raises(pc.Rejected):
        pc.verify(pc.setup(model).vk, keys.prove(diagnosis.input))


def test_what_hides_less_is_refused_unless_allowed(diagnosis, model, keys):
    seeded = keys.prove(diagnosis.input, seed=7)
    assert seeded.bytes == keys.prove(diagnosis.input, seed=7).bytes
    with pytest.raises(pc.Rejected):
        pc.verify(keys.vk, seeded)
    assert pc.verify(keys.vk, seeded, allow_seeded=True).seeded
    with pytest.raises(pc.BadInput, match="hidden"):
        keys.prove(diagnosis.input, zero_knowledge=False)
    shown = pc.setup(model, hide_weights=False)
    plain = shown.prove(diagnosis.input, zero_knowledge=False)
    with pytest.raises(pc.Rejected):
        pc.verify(shown.vk, plain)
    assert not pc.verify(shown.vk, plain, allow_no_zero_knowledge=True).zero_knowledge


def test_commitments_by_hashes(diagnosis, model):
    with pytest.raises(pc.BadInput, match="hide_weights: expected false"):
        pc.setup(model, commitments="hash")
    with pytest.raises(pc.BadInput, match="expected hyrax or hash, found sha"):
        pc.setup(model, commitments="sha")
    keys = pc.setup(model, commitments="hash", hide_weights=False, security=110)
    proof = keys.prove(diagnosis.input, zero_knowledge=False)
    with pytest.raises(pc.Rejected):
        pc.verify(keys.vk, proof)
    assert pc.verify(keys.vk, proof, allow_no_zero_knowledge=True).security_bits >= 110
    verdict = pc.verify(keys.vk, keys.prove(diagnosis.input))
    assert verdict.zero_knowledge and verdict.security_bits >= 110


@pytest.mark.parametrize(
    "x, text",
    [
        (np.zeros((1, 29)), r"input: input_data\[0\]: expected 30 numbers, found shape \[1,29\]"),
        (np.full(30, np.nan), r"element 0"),
        (np.full(30, 1e30), r"element 0.*"),
        ("text", "expected an array of real numbers"),
        ([[1], [2, 3]], "expected an array of real numbers"),
        ((np.zeros(30), np.zeros(30)), "expected 1 array"),
    ],
)
def test_bad_inputs(keys, x, text):
    with pytest.raises(pc.BadInput, match=text):
        keys.prove(x)
    with pytest.raises(ValueError):
        keys.prove(x)


def test_values_or_openings(keys):
    for given in ({}, {"x": np.zeros(30), "openings": []}):
        with pytest.raises(pc.BadInput, match="either values or openings"):
            keys.prove(**given)
    with pytest.raises(pc.BadInput, match="found none"):
        keys.prove(openings=[])


def test_clipping_is_asked_for(keys):
    assert pc.verify(keys.vk, keys.prove(np.full(30, 1e30), saturate=True))


@pytest.mark.parametrize(
    "options, text",
    [
        ({"bits": 9}, "bits: expected 8 or 16"),
        ({"input": "hidden"}, "input: expected private, public or committed, found 'hidden'"),
        ({"measure": "taste"}, "measure: expected error, prediction or cosine, found taste"),
        ({"target_accuracy": 10}, "target_accuracy: expected 50 to 99.99"),
        ({"calibration": "nothing.json"}, "nothing.json: cannot open"),
        ({"calibration": np.zeros((5, 1, 29))}, r"samples: input_data\[0\].*expected"),
        ({"shapes": {"nobody": (1, 2)}}, "nobody"),
        ({"name": 'a "name"'}, "--name: expected"),
    ],
)
def test_bad_options(diagnosis, options, text):
    with pytest.raises(pc.BadInput, match=text):
        pc.compile(diagnosis.onnx, **options)


def test_what_is_no_model(diagnosis):
    for model, text in ((b"text", "expected an ONNX model"), ("nothing.onnx", "cannot open"), (7, "found builtins.int")):
        with pytest.raises(pc.BadInput, match=text):
            pc.compile(model)
    for path in (diagnosis.onnx, diagnosis.input_file, "nothing"):
        with pytest.raises(pc.BadInput):
            pc.load(path)


def test_devices(diagnosis, keys):
    with pytest.raises(pc.BadInput, match="--device gpu: expected cpu"):
        keys.prove(diagnosis.input, device="gpu")
    with pytest.raises(pc.BadInput, match="threads"):
        pc.set_threads(-1)


def test_errors_can_be_pickled():
    import pickle

    error = pickle.loads(pickle.dumps(pc.Rejected("opening: wrong", "opening")))
    assert error.stage == "opening" and str(error) == "opening: wrong"
