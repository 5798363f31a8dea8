"""From a model to a verified proof, and what comes back."""

import numpy as np
import onnx
import pytest

import proofcard as pc


def test_version():
    assert pc.__version__.count(".") == 2


def test_three_lines(diagnosis):
    keys = pc.setup(pc.compile(str(diagnosis.onnx), calibration=diagnosis.samples))
    proof = keys.prove(diagnosis.input)
    statement = pc.verify(keys.vk, proof)
    assert statement.model_name == "model"
    assert statement.vk_digest == keys.vk.digest
    assert statement.zero_knowledge and statement.weights_hidden and not statement.seeded
    assert statement.security_bits == 100
    assert statement.inputs[0].value is None
    stated = statement.outputs[0].value
    assert stated.integers.dtype == np.int64 and stated.reals.dtype == np.float64
    assert np.array_equal(stated.integers, proof.outputs[0].integers)
    assert stated.reals.shape == statement.outputs[0].tensor.shape
    assert proof.report["proof_bytes"] == len(proof.bytes)


def test_forms_of_a_model_are_one(diagnosis, model):
    file = diagnosis.onnx.read_bytes()
    for form in (file, bytearray(file), onnx.load(diagnosis.onnx)):
        assert pc.compile(form, calibration=diagnosis.samples, name="model").bytes == model.bytes
    assert pc.compile(diagnosis.onnx, calibration=diagnosis.samples_file).bytes == model.bytes


def test_forms_of_an_input_are_one(diagnosis, keys):
    (info,) = keys.vk.inputs
    x = diagnosis.input
    integers = [
        keys.prove(form).outputs[0].integers
        for form in (x, x.ravel(), x.tolist(), np.asfortranarray(x), (x,), {info.name: x}, np.repeat(x, 2, axis=1)[:, ::2])
    ]
    assert all(np.array_equal(integers[0], other) for other in integers)


def test_a_model_says_what_it_is(model):
    assert model.name == "model"
    assert model.inputs[0].shape == (1, 30) and model.inputs[0].visibility == "private"
    assert model.outputs[0].visibility == "public"
    assert model.report["estimate"]["proof_bytes"] > 0
    assert model.warnings == []


def test_made_up_ranges_are_a_warning(diagnosis):
    assert pc.compile(diagnosis.onnx).warnings


def test_the_float_model_is_near(diagnosis, model):
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    session = onnxruntime.InferenceSession(str(diagnosis.onnx))
    for x in diagnosis.samples[:20]:
        expected = session.run(None, {session.get_inputs()[0].name: x.astype(np.float32)})[0]
        assert np.allclose(model.run(x)[0].reals, expected, atol=0.05 * max(1, np.abs(expected).max()))


def test_options_of_compile(diagnosis):
    public = pc.compile(
        diagnosis.onnx, calibration=diagnosis.samples, name="a name", input="public", weights="public", bits=16, output_bits=16
    )
    assert public.name == "a name"
    keys = pc.setup(public)
    statement = pc.verify(keys.vk, keys.prove(diagnosis.input))
    assert not statement.weights_hidden
    assert np.allclose(statement.inputs[0].value.reals, diagnosis.input, atol=1e-3)


def test_several_inputs_by_name():
    helper = onnx.helper
    graph = helper.make_graph(
        [helper.make_node("Sub", ["a", "b"], ["y"])],
        "two",
        [helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [1, 3]) for n in "ab"],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 3])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    rng = np.random.default_rng(1)
    keys = pc.setup(pc.compile(model, calibration={"b": rng.uniform(-1, 1, (50, 1, 3)), "a": rng.uniform(-1, 1, (50, 1, 3))}))
    a, b = np.array([[0.5, 0.25, 0]]), np.array([[0.25, 0.5, -0.5]])
    for x in ({"b": b, "a": a}, (a, b)):
        proof = keys.prove(x)
        pc.verify(keys.vk, proof)
        assert np.allclose(proof.outputs[0].reals, a - b, atol=0.05)
    with pytest.raises(pc.BadInput, match='named "a", "b"; found none for "b"'):
        keys.prove({"a": a, "c": b})


def test_a_batch_is_one_proof(diagnosis, model):
    keys = pc.setup(model, batch=3)
    assert keys.vk.batch == 3
    proof = keys.prove(diagnosis.samples[:3])
    statement = pc.verify(keys.vk, proof)
    assert statement.batch == 3
    rows = statement.outputs[0].value.integers
    for i in range(3):
        assert np.array_equal(rows[i], model.run(diagnosis.samples[i])[0].integers)
    with pytest.raises(pc.BadInput, match="expected 3 inputs"):
        keys.prove(diagnosis.samples[:2])


def test_committed_values(diagnosis):
    hidden = pc.compile(diagnosis.onnx, calibration=diagnosis.samples, input="committed", output="committed")
    keys = pc.setup(hidden)
    opening = pc.commit(keys, diagnosis.input)
    proof = keys.prove(openings=[opening])
    statement = pc.verify(
        keys.vk, proof, input_commitments=[opening.commitment], output_commitments=[proof.openings[0].commitment]
    )
    assert statement.inputs[0].commitment == opening.commitment.digest
    assert statement.outputs[0].value is None
    opened = pc.open(proof.openings[0].commitment, proof.openings[0])
    assert np.array_equal(opened.integers.ravel(), proof.outputs[0].integers.ravel())
    again = pc.commit(keys, diagnosis.input)
    with pytest.raises(pc.Rejected):
        pc.verify(keys.vk, proof, input_commitments=[again.commitment])
    with pytest.raises(pc.Rejected) as error:
        pc.open(again.commitment, opening)
    assert error.value.stage == "opening"


def test_a_torch_module(diagnosis):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    samples = np.random.default_rng(1).uniform(-1, 1, (50, 1, 4))
    keys = pc.setup(pc.compile(net, example_input=torch.zeros(1, 4), calibration=samples))
    proof = keys.prove(samples[0])
    pc.verify(keys.vk, proof)
    expected = net(torch.tensor(samples[0], dtype=torch.float32)).detach().numpy()
    assert np.allclose(proof.outputs[0].reals, expected, atol=0.05)


def test_a_fixed_input_is_stated(tmp_path):
    """y = x + c of a model whose input c is a constant of the key."""
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Add", ["x", "c"], ["y"])],
        "sum",
        [value("x", onnx.TensorProto.FLOAT, [1, 3]), value("c", onnx.TensorProto.FLOAT, [3])],
        [value("y", onnx.TensorProto.FLOAT, [1, 3])],
    )
    network = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)
    samples = np.linspace(-1, 1, 30).reshape(10, 1, 3)
    keys = pc.setup(pc.compile(network, calibration=samples, fixed={"c": [2.0, -1.0, 0.5]}))
    proof = keys.prove(samples[7])
    stated = pc.verify(keys.vk, proof)
    assert stated.fixed_inputs == {"c": [2.0, -1.0, 0.5]}
    assert [tensor.tensor.name for tensor in stated.inputs] == ["x"]
    np.testing.assert_allclose(stated.outputs[0].value.reals, samples[7] + [2.0, -1.0, 0.5], atol=0.01)
    assert stated.context == b""
