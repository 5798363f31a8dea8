"""A network of 12 layers, split in 4 parts that are proved by themselves and verified as one.

    python split_proof.py              # the parts here, one after another
    python split_proof.py --ray        # the parts at once, over the Ray cluster that is there, or one of this machine

Says what splitting costs beside one proof of the whole. docs/cluster.md has the rest.
"""

import argparse
import time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import proofcard as pc

LAYERS, CHANNELS, SIZE, CLASSES = 12, 16, 16, 10


def residual_network(rng: np.random.Generator) -> bytes:
    """12 convolutions; each second one adds what went into the pair, so that connections go over layers."""
    nodes, weights = [], []

    def weight(name: str, *shape: int) -> str:
        scale = np.sqrt(2 / np.prod(shape[1:]))
        weights.append(numpy_helper.from_array(rng.normal(0, scale, shape).astype(np.float32), name))
        return name

    at, skipped = "image", ""
    for i in range(LAYERS):
        inputs = [at, weight(f"w{i}", CHANNELS, 3 if i == 0 else CHANNELS, 3, 3)]
        nodes.append(helper.make_node("Conv", inputs, [f"c{i}"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]))
        summed = f"c{i}"
        if i % 2 == 0 and i > 0:
            summed = f"s{i}"
            nodes.append(helper.make_node("Add", [f"c{i}", skipped], [summed]))
        nodes.append(helper.make_node("Relu", [summed], [f"h{i}"]))
        at = f"h{i}"
        skipped = at if i % 2 == 0 else skipped
    nodes.append(helper.make_node("GlobalAveragePool", [at], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["flat"]))
    nodes.append(helper.make_node("Gemm", ["flat", weight("v", CLASSES, CHANNELS)], ["scores"], transB=1))
    graph = helper.make_graph(
        nodes,
        "twelve",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, CLASSES])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def timed(call):
    begin, cpu = time.perf_counter(), time.process_time()
    result = call()
    return result, time.perf_counter() - begin, time.process_time() - cpu


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--ray", action="store_true", help="prove the parts over a Ray cluster")
    options.add_argument("--parts", type=int, default=4)
    chosen = options.parse_args()

    rng = np.random.default_rng(1)
    samples = rng.uniform(-1, 1, (16, 1, 3, SIZE, SIZE))
    model = pc.compile(residual_network(rng), calibration=samples, name="twelve")
    x = samples[0]

    whole = pc.setup(model)
    one, _, one_cpu = timed(lambda: whole.prove(x))
    _, _, one_verify = timed(lambda: pc.verify(whole.vk, one))

    keys = pc.split(model, chosen.parts)
    for number, sources in enumerate(keys.manifest.sources, 1):
        print(f"part {number} reads", " and ".join("the image" if part == 0 else f"output {i} of part {part}" for part, i in sources))
    if chosen.ray:
        from proofcard import cluster

        proof, wall, _ = timed(lambda: cluster.prove_chain(keys, x))
        cpu = float("nan")
    else:
        proof, wall, cpu = timed(lambda: keys.prove(x))
    stated, _, verify = timed(lambda: pc.verify(keys.manifest, proof))

    expected = model.run(x)[0].integers
    assert (proof.outputs[0].integers == expected).all() and (stated.outputs[0].value.integers == expected).all()
    print(f"{stated.model_name}: accepted; class {int(stated.outputs[0].value.integers.argmax())}, nothing between the parts shown")
    print(f"whole:   {len(one.bytes)} bytes, {one_cpu:.2f} s of processor time to prove, {one_verify:.2f} to verify")
    print(f"{chosen.parts} parts: {len(proof.bytes)} bytes, {cpu:.2f} s of processor time to prove ({wall:.2f} s by the clock), {verify:.2f} to verify")


if __name__ == "__main__":
    main()
