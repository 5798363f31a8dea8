"""Asks a proofcard service, and takes an answer only with a proof of it that is fresh and of the model that was meant.

    proved_api_client.py URL KEY_FILE MODEL VK_DIGEST INPUT.json

PROOFCARD in the environment is the program that checks the proof. Exit code 1: there is no answer to rely on.
"""

import json
import os
import pathlib
import secrets
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request


class Refused(Exception):
    """The answer is not proved."""


def call(url, key, body=None):
    request = urllib.request.Request(url, data=body, headers={"Authorization": f"Bearer {key}"})
    if body is not None:
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def checked(vk, proof, nonce, digest):
    """What the proof states: the verdict of `verify --json`."""
    with tempfile.TemporaryDirectory() as folder:
        vk_file, proof_file = pathlib.Path(folder) / "key.vk", pathlib.Path(folder) / "answer.proof"
        vk_file.write_bytes(vk)
        proof_file.write_bytes(proof)
        run = subprocess.run(
            [os.environ.get("PROOFCARD", "proofcard"), "verify", vk_file, proof_file, "--context", nonce, "--json"],
            capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        raise Refused(run.stderr.strip())
    verdict = json.loads(run.stdout)
    if not verdict["accepted"]:
        raise Refused(f"the proof is rejected: {verdict['reason']}")
    if verdict["vk_digest"] != digest:
        raise Refused(f"the answer is of the model {verdict['vk_digest']}, not of {digest}")
    return verdict


def ask(url, key, model, digest, values):
    nonce = secrets.token_hex(16)  # so that the proof is of now, and for nobody else
    body = json.dumps({**values, "context": nonce}).encode()
    answer = json.loads(call(f"{url}/v1/models/{model}/infer?wait=60", key, body))
    if answer["state"] != "done":
        raise Refused(f"the proof is {answer['state']}")
    proof = call(f"{url}/v1/proofs/{answer['proof_id']}/proof", key)
    verdict = checked(call(f"{url}/v1/models/{model}/vk?version={digest}", key), proof, nonce, digest)
    stated = [tensor["integers"] for tensor in verdict["tensors"] if tensor["side"] == "output"]
    if answer["output"]["output_integers"] != stated:
        raise Refused("the answer is not what its proof states")
    return stated[0]


def main():
    url, key_file, model, digest, input_file = sys.argv[1:]
    key = pathlib.Path(key_file).read_text().strip()
    values = json.loads(pathlib.Path(input_file).read_text())
    try:
        scores = ask(url, key, model, digest, values)
    except (Refused, KeyError, ValueError, urllib.error.URLError) as error:
        sys.exit(f"no answer to rely on: {error}")
    print(f"the digit is a {scores.index(max(scores))}, proved by {digest[:16]}...")


if __name__ == "__main__":
    main()
