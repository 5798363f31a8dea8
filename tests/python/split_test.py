"""A model in parts: the same answers as the whole and as ONNX's own evaluator, one statement, and chains that are not whole."""

import pathlib
import pickle
import subprocess
import sys

import numpy as np
import pytest
from onnx.reference import ReferenceEvaluator

import proofcard as pc


@pytest.fixture(scope="module")
def keys(model):
    return pc.split(model, 3)


def test_parts_answer_as_the_whole_does(keys, model, diagnosis):
    proof = keys.prove(diagnosis.input)
    stated = pc.verify(keys.manifest, proof)
    assert stated.vk_digest == keys.manifest.digest
    assert stated.outputs[0].value.integers.tolist() == model.run(diagnosis.input)[0].integers.tolist()
    float_model = ReferenceEvaluator(str(diagnosis.onnx))
    (expected,) = float_model.run(None, {float_model.input_names[0]: diagnosis.input.astype(np.float32).reshape(1, 30)})
    assert abs(stated.outputs[0].value.reals.ravel() - expected.ravel()).max() < 0.05


def test_each_part_is_an_ordinary_key(keys, diagnosis):
    sources = keys.manifest.sources
    assert sources[0] == [(0, 0)] and all(0 < part <= p for p in range(1, 3) for part, _ in sources[p])
    made, proofs = [], []
    for p, part in enumerate(keys.parts):
        read = {"x": diagnosis.input} if p == 0 else {"openings": [made[q - 1].openings[i] for q, i in sources[p]]}
        made.append(part.infer(**read))
        proofs.append(part.prove(**read, output_openings=made[p].openings, context=b"nonce"))
    pc.verify(keys.manifest, pc.join_proofs(proofs), context=b"nonce")
    with pytest.raises(pc.Rejected, match="part 1"):
        pc.verify(keys.manifest, pc.join_proofs(proofs))
    for forged in (proofs[:2], [proofs[1], proofs[0], proofs[2]], [proofs[0], proofs[1], proofs[1]], proofs + proofs[2:]):
        with pytest.raises(pc.Rejected):
            pc.verify(keys.manifest, pc.join_proofs(forged), context=b"nonce")
    mixed = [keys.parts[0].prove(diagnosis.input, context=b"nonce"), *proofs[1:]]
    with pytest.raises(pc.Rejected, match="part 2: input"):
        pc.verify(keys.manifest, pc.join_proofs(mixed), context=b"nonce")


def test_files_and_pickles(keys, diagnosis, tmp_path):
    keys.save(tmp_path / "parts")
    assert (tmp_path / "parts" / "part1.pk").stat().st_mode & 0o777 == 0o600
    loaded = pc.load(tmp_path / "parts")
    proof = pickle.loads(pickle.dumps(loaded)).prove(diagnosis.input)
    manifest = pc.load(tmp_path / "parts" / "split.manifest")
    assert manifest.digest == pickle.loads(pickle.dumps(manifest)).digest == keys.manifest.digest
    proof.save(tmp_path / "proof.bin")
    pc.verify(manifest, pc.load(tmp_path / "proof.bin"))
    assert pc.inspect(tmp_path / "proof.bin")["kind"] == "split proof"
    assert len(pc.inspect(manifest)["parts"]) == 3


def test_what_cannot_be_split_says_why(model, diagnosis):
    with pytest.raises(pc.BadInput, match="expected at most"):
        pc.split(model, 64)
    with pytest.raises(pc.BadInput, match="expected 2 to 64, found 1"):
        pc.split(model, 1)


def test_the_example_of_twelve_layers():
    script = pathlib.Path(__file__).resolve().parents[2] / "examples" / "python" / "split_proof.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "accepted" in done.stdout and "4 parts:" in done.stdout
