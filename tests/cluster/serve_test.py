"""The Ray Serve deployment answers the service's paths."""

import base64
import json
import socket
import urllib.error
import urllib.request

import pytest
import ray
from ray import serve

import proofcard as pc
from proofcard.cluster import application


@pytest.fixture(scope="module")
def call(keys, tmp_path_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ray.init(num_cpus=2, log_to_driver=False)
    serve.start(http_options={"host": "127.0.0.1", "port": port})
    path = tmp_path_factory.mktemp("keys") / "same"
    keys.save(path)
    serve.run(application({"digits": keys, "same": f"{path}.pk"}, kept=8), route_prefix="/")

    def made(method, path, body=None):
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", content, method=method)
        try:
            answer = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            answer = error
        content = answer.read()
        return answer.status, json.loads(content) if answer.headers["content-type"] == "application/json" else content

    yield made
    serve.shutdown()
    ray.shutdown()


def body(samples, i=0, **more):
    return {"input_data": [samples[i].ravel().tolist()], **more}


def test_models(call, keys):
    assert call("GET", "/healthz") == (200, {"status": "ok"})
    status, answer = call("GET", "/v1/models")
    assert status == 200 and [model["name"] for model in answer["models"]] == ["digits", "same"]
    assert {model["version"] for model in answer["models"]} == {keys.vk.digest}
    assert call("GET", "/v1/models/digits/vk") == (200, keys.vk.bytes)


def test_from_an_input_to_a_proof(call, keys, samples):
    status, job = call("POST", "/v1/models/digits/infer?wait=60", body(samples, context="aabb"))
    assert (status, job["state"]) == (200, "done")
    status, proof = call("GET", f"/v1/proofs/{job['proof_id']}/proof")
    stated = pc.verify(keys.vk, proof, context=b"\xaa\xbb")
    assert status == 200 and stated.outputs[0].value.integers.ravel().tolist() == job["output"][0]["integers"]
    assert call("POST", "/v1/verify?model=digits&context=aabb", proof)[1]["accepted"] is True
    status, verdict = call("POST", "/v1/verify?model=digits", proof)
    assert status == 200 and verdict["accepted"] is False and "context" in verdict["reason"]
    both = {"vk": base64.b64encode(keys.vk.bytes).decode(), "proof": base64.b64encode(proof).decode(), "context": "aabb"}
    assert call("POST", "/v1/verify", both)[1]["accepted"] is True
    assert call("DELETE", f"/v1/proofs/{job['proof_id']}")[0] == 200
    assert call("GET", f"/v1/proofs/{job['proof_id']}")[0] == 404


def test_accepted_at_once_and_done_later(call, keys, samples):
    jobs = [call("POST", "/v1/models/same/infer", body(samples, i)) for i in range(4)]
    assert [status for status, _ in jobs] == [202] * 4
    for i, (_, job) in enumerate(jobs):
        status, state = call("GET", f"/v1/proofs/{job['proof_id']}?wait=60")
        assert (status, state["state"]) == (200, "done")
        proof = call("GET", f"/v1/proofs/{job['proof_id']}/proof")[1]
        expected = keys.prove(samples[i]).outputs[0].integers.tolist()
        assert pc.verify(keys.vk, proof).outputs[0].value.integers.tolist() == expected


def test_the_oldest_make_room(call, samples):
    ids = [call("POST", "/v1/models/digits/infer?wait=60", body(samples, i))[1]["proof_id"] for i in range(9)]
    assert call("GET", f"/v1/proofs/{ids[0]}")[0] == 404
    assert call("GET", f"/v1/proofs/{ids[-1]}")[1]["state"] == "done"


def test_a_job_that_fails_says_why(call):
    status, job = call("POST", "/v1/models/digits/infer?wait=60", {"input_data": [[1, 2]]})
    assert (status, job["state"]) == (200, "failed")
    assert job["reason"].startswith("input: input_data[0]: expected shape [1,1,28,28]")
    assert call("GET", f"/v1/proofs/{job['proof_id']}/proof")[0] == 409


@pytest.mark.parametrize(
    "method, path, content, status, message",
    [
        ("POST", "/v1/models/digits/infer", b"[[", 400, "body: expected JSON"),
        ("POST", "/v1/models/digits/infer", b"[1]", 400, "body: expected a JSON object"),
        ("POST", "/v1/models/digits/infer", {"input": 1}, 400, "input_data: expected an array"),
        ("POST", "/v1/models/digits/infer", {"input_data": [[0]], "context": "zz"}, 400, "context: expected 1 to 32 bytes"),
        ("POST", "/v1/models/digits/infer", {"input_data": [[0]], "context": "00" * 33}, 400, "context: expected 1 to 32 bytes"),
        ("POST", "/v1/models/digits/infer", {"input_data": [[0]], "saturate": 1}, 400, "saturate: expected true or false"),
        ("POST", "/v1/models/digits/infer?wait=never", {"input_data": [[0]]}, 400, "wait: expected seconds"),
        ("POST", "/v1/models/other/infer", {"input_data": [[0]]}, 404, "model: expected the name"),
        ("POST", "/v1/verify", {"vk": "?", "proof": ""}, 400, "body: expected vk and proof in base64"),
        ("POST", "/v1/verify", {"vk": "AAAA", "proof": ""}, 400, "vk"),
        ("POST", "/v1/verify?model=digits", b"no proof", 400, "proof"),
        ("GET", "/v1/proofs/none", None, 404, "proof: expected the id"),
        ("GET", "/v2", None, 404, "path: expected one"),
    ],
)
def test_bad_requests_are_told_what_is_wrong(call, method, path, content, status, message):
    found, answer = call(method, path, content)
    assert found == status and message in answer["error"]["message"]
