"""Long calls leave the interpreter free, tell progress, and stop."""

import os
import subprocess
import sys
import threading
import time

import pytest

import proofcard as pc


def test_two_threads_prove_at_once(lenet5):
    keys = pc.setup(pc.compile(lenet5.onnx, calibration=lenet5.samples[:20], bits=8))
    times = [{}, {}]
    proofs = [None, None]
    both = threading.Barrier(2, timeout=60)

    def prove(i):
        both.wait()
        proofs[i] = keys.prove(lenet5.samples[i], progress=lambda stage: times[i].setdefault(stage, time.monotonic()))

    threads = [threading.Thread(target=prove, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Each had begun to commit before the other came to its last stages.
    for i in range(2):
        assert times[i]["commit"] < times[1 - i]["zero knowledge"]
        assert pc.verify(keys.vk, proofs[i]).outputs[0].value.integers.tolist() == proofs[i].outputs[0].integers.tolist()


def test_other_threads_run_meanwhile(lenet5):
    ticks = 0
    done = threading.Event()

    def tick():
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.005)

    thread = threading.Thread(target=tick)
    thread.start()
    begin = time.monotonic()
    pc.compile(lenet5.onnx, calibration=lenet5.samples[:20])
    seconds = time.monotonic() - begin
    done.set()
    thread.join()
    assert ticks > 0.1 * seconds / 0.005


def test_what_progress_raises_comes_out(diagnosis, keys):
    def progress(stage):
        if stage == "commit":
            raise RuntimeError("the caller's own")

    with pytest.raises(RuntimeError, match="the caller's own"):
        keys.prove(diagnosis.input, progress=progress)
    pc.verify(keys.vk, keys.prove(diagnosis.input))


INTERRUPTED = """
import os, signal, threading
import numpy as np
import proofcard as pc
from onnx import TensorProto, helper, numpy_helper
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may have it ignored
rng = np.random.default_rng(1)
n = 1024
weights = [numpy_helper.from_array(rng.normal(0, 0.05, (n, n)).astype(np.float32), f"w{i}") for i in range(8)]
nodes = [helper.make_node("MatMul", [f"x{i}", f"w{i}"], [f"x{i + 1}"]) for i in range(8)]
graph = helper.make_graph(nodes, "large", [helper.make_tensor_value_info("x0", TensorProto.FLOAT, [1, n])],
                          [helper.make_tensor_value_info("x8", TensorProto.FLOAT, [1, n])], weights)
model = pc.compile(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), bits=8)
def attempt():
    stages = []
    begun = threading.Event()
    def progress(stage):
        stages.append(stage)
        if stage == "lookup":  # the longest by far
            begun.set()
    def interrupt():
        begun.wait()
        os.kill(os.getpid(), signal.SIGINT)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        pc.setup(model, progress=progress)
        thread.join()  # the interrupt comes here at the latest
    except KeyboardInterrupt:
        pass
    return "open" not in stages  # what follows the lookup
print(any(attempt() for _ in range(5)))  # the other thread may be late on a busy machine
"""


def test_interrupting_stops_a_long_call():
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True"]


def test_the_portable_code_gives_the_same(keys, tmp_path):
    keys.save(tmp_path / "model")
    program = (
        "import hashlib, sys, numpy, proofcard as pc;"
        "print(hashlib.sha256(pc.load(sys.argv[1]).prove(numpy.zeros(30), seed=1).bytes).hexdigest())"
    )

    def digest(isa):
        environment = {**os.environ, "PROOFCARD_ISA": isa}
        return subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "model.pk")], capture_output=True, text=True, env=environment
        )

    portable = digest("portable")
    assert portable.returncode == 0, portable.stderr
    assert portable.stdout == digest("").stdout
    assert "PROOFCARD_ISA: expected portable, avx2 or avx512" in digest("mmx").stderr
