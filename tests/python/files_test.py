"""Files are the command line's own, in both directions."""

import json
import pickle
import stat

import numpy as np
import pytest

import proofcard as pc


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_python_proves_and_the_command_verifies(diagnosis, keys, command, tmp_path):
    keys.save(tmp_path / "model")
    keys.prove(diagnosis.input).save(tmp_path / "proof.bin")
    said = command("verify", tmp_path / "model.vk", tmp_path / "proof.bin").stdout
    assert said.startswith("accepted: model")
    assert f"vk digest {keys.vk.digest}" in said
    assert mode(tmp_path / "model.pk") == 0o600


def test_the_command_proves_and_python_verifies(diagnosis, command, tmp_path):
    command("compile", diagnosis.onnx, "-o", tmp_path / "model.pcm", "--calibrate", diagnosis.samples_file)
    command("setup", tmp_path / "model.pcm", "-o", tmp_path / "model")
    command("prove", tmp_path / "model.pk", diagnosis.input_file, "-o", tmp_path / "proof.bin", "--save-output", tmp_path / "y.json")
    statement = pc.verify(pc.load(tmp_path / "model.vk"), pc.load(tmp_path / "proof.bin"))
    y = json.loads((tmp_path / "y.json").read_text())
    assert statement.outputs[0].value.integers.ravel().tolist() == y["output_integers"][0]
    # And Python goes on with the command's key.
    keys = pc.load(tmp_path / "model.pk")
    assert keys.vk.digest == statement.vk_digest
    assert np.array_equal(keys.prove(diagnosis.input).outputs[0].integers, statement.outputs[0].value.integers)


def test_models_are_the_commands(diagnosis, model, command, tmp_path):
    command("compile", diagnosis.onnx, "-o", tmp_path / "command.pcm", "--calibrate", diagnosis.samples_file)
    model.save(tmp_path / "python.pcm")
    assert (tmp_path / "python.pcm").read_bytes() == (tmp_path / "command.pcm").read_bytes()
    assert mode(tmp_path / "python.pcm") == 0o600
    assert pc.load(tmp_path / "python.pcm").bytes == model.bytes


def test_errors_are_the_commands(keys, command, tmp_path):
    keys.save(tmp_path / "model")
    (tmp_path / "x.json").write_text(json.dumps({"input_data": [[0.0] * 29]}))
    said = command("prove", tmp_path / "model.pk", tmp_path / "x.json", "-o", tmp_path / "p", code=2).stderr
    with pytest.raises(pc.BadInput) as error:
        keys.prove([0.0] * 29)
    assert said.split("input_data", 1)[1].strip() == str(error.value).split("input_data", 1)[1]


def test_commitments_are_the_commands(diagnosis, command, tmp_path):
    keys = pc.setup(pc.compile(diagnosis.onnx, calibration=diagnosis.samples, input="committed"))
    keys.save(tmp_path / "hidden")
    command("commit", tmp_path / "hidden.vk", diagnosis.input_file, "-o", tmp_path / "x")
    proof = keys.prove(openings=[pc.load(tmp_path / "x.opening")])
    pc.verify(keys.vk, proof, input_commitments=[pc.load(tmp_path / "x.commit")])
    pc.commit(keys, diagnosis.input).save(tmp_path / "y")
    assert mode(tmp_path / "y.opening") == 0o600
    command("open", tmp_path / "y.commit", tmp_path / "y.opening")


def test_other_keys_are_not_replaced_unasked(model, keys, tmp_path):
    keys.save(tmp_path / "model")
    other = pc.setup(model)
    with pytest.raises(pc.BadInput, match="found another file"):
        other.save(tmp_path / "model")
    assert pc.load(tmp_path / "model.vk").digest == keys.vk.digest
    other.save(tmp_path / "model", replace=True)
    assert pc.load(tmp_path / "model.pk").vk.digest == other.vk.digest


def test_everything_can_be_pickled(diagnosis, model, keys):
    proof = keys.prove(diagnosis.input)
    for thing in (model, keys, keys.vk):
        assert pickle.loads(pickle.dumps(thing)).bytes == thing.bytes
    again = pickle.loads(pickle.dumps(proof))
    pc.verify(pickle.loads(pickle.dumps(keys)).vk, again)
    assert pickle.loads(pickle.dumps(pc.verify(keys.vk, proof))).vk_digest == keys.vk.digest


def test_inspect(diagnosis, keys, command, tmp_path):
    keys.save(tmp_path / "model")
    assert pc.inspect(tmp_path / "model.vk") == json.loads(command("inspect", tmp_path / "model.vk", "--json").stdout)
    proof = keys.prove(diagnosis.input)
    assert pc.inspect(proof)["vk_digest"] == keys.vk.digest
    assert pc.inspect(keys)["kind"] == "prover key"
    assert pc.inspect(keys.vk)["num_relations"] > 0


def test_a_proof_serves_for_its_context_alone(diagnosis, keys, command, tmp_path):
    keys.save(tmp_path / "model")
    bound = keys.prove(diagnosis.input, context=b"\xde\xad\xbe\xef")
    bound.save(tmp_path / "bound.bin")
    command("verify", tmp_path / "model.vk", tmp_path / "bound.bin", "--context", "deadbeef")
    assert pc.verify(keys.vk, bound, context=bytearray(b"\xde\xad\xbe\xef")).context == b"\xde\xad\xbe\xef"
    for other in (None, b"\xde\xad\xbe\xee", b"\xde\xad\xbe\xef\x00"):
        with pytest.raises(pc.Rejected) as rejected:
            pc.verify(keys.vk, bound, context=other)
        assert rejected.value.stage == "context"
    with pytest.raises(pc.Rejected):
        pc.verify(keys.vk, keys.prove(diagnosis.input), context=b"nonce")
    for wrong in (7, "nonce", b"", bytes(33), [1]):
        with pytest.raises(pc.BadInput):
            keys.prove(diagnosis.input, context=wrong)
        with pytest.raises(pc.BadInput):
            pc.verify(keys.vk, bound, context=wrong)
