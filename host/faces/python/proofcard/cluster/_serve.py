"""The service's paths (docs/service.md) as a Ray Serve deployment.

Proofs are kept in one replica of a deployment of its own, which those that answer requests ask; they are made by tasks, as those of prove_many.
There are no API keys: what stands before Ray's proxy has to ask for them.
"""

import asyncio
import base64
import binascii
import datetime
import json
import os
import secrets
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union

import proofcard as pc

from . import _worker

#: Of what may be asked for at once, and of what is kept.
_MAX_WAIT_SECONDS = 300.0
_MAX_BODY_BYTES = 64 << 20


class _Refusal(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def _keys(name: str, given: Any) -> pc.Keys:
    loaded = given if isinstance(given, pc.Keys) else pc.load(given)
    if not isinstance(loaded, pc.Keys):
        raise pc.BadInput(f"{name}: expected a prover key, found another file", name)
    return loaded


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


class _Proofs:
    """Each proof's state, and its bytes when it is there. The oldest that are done make room."""

    def __init__(self, keys: Dict[str, Union[pc.Keys, str]], cpus: int, cards: int, device: str, retries: int, kept: int) -> None:
        import ray

        self._digests, self._boxed = {}, {}
        for name, key in keys.items():
            loaded = _keys(name, key)
            self._digests[name] = loaded.vk.digest
            self._boxed[name] = [ray.put(loaded)]
        self._task = ray.remote(_worker.prove).options(**_worker.options(cpus, cards, retries))
        self._device, self._cpus, self._kept = device, cpus, kept
        self._states: Dict[str, Dict[str, Any]] = {}
        self._bytes: Dict[str, bytes] = {}
        self._running: Dict[str, Tuple[Any, Any]] = {}  # Ray's reference, what waits for it

    async def begin(self, name: str, x: Any, context: Optional[bytes], saturate: bool) -> Dict[str, Any]:
        """The new proof's state; nothing when so many wait that none is taken."""
        finished = [known for known, state in self._states.items() if known not in self._running]
        if len(self._states) >= self._kept:
            if not finished:
                return {}
            await self.forget(finished[0])
        proof_id = secrets.token_hex(16)
        self._states[proof_id] = {
            "proof_id": proof_id,
            "state": "running",
            "reason": None,
            "model": name,
            "version": self._digests[name],
            "context": context.hex() if context else None,
            "created": _now(),
            "finished": None,
        }
        reference = self._task.remote(self._digests[name], self._boxed[name], x, context, self._device, self._cpus, saturate)
        self._running[proof_id] = (reference, asyncio.ensure_future(self._take(proof_id, reference)))
        return self._states[proof_id]

    async def _take(self, proof_id: str, reference: Any) -> None:
        try:
            proof = await reference
            result: Dict[str, Any] = {
                "state": "done",
                "proof_bytes": len(proof.bytes),
                "output": [
                    {"name": o.name, "integers": o.integers.ravel().tolist(), "reals": o.reals.ravel().tolist()} for o in proof.outputs
                ],
            }
            self._bytes[proof_id] = proof.bytes
        except Exception as error:  # noqa: BLE001: the job's reason
            result = {"state": "failed", "reason": str(_worker.cause(error)).splitlines()[0]}
        state = self._states.get(proof_id)
        if state is not None:
            state.update(result, finished=_now())
        else:
            self._bytes.pop(proof_id, None)
        self._running.pop(proof_id, None)

    async def state(self, proof_id: str, seconds: float) -> Optional[Dict[str, Any]]:
        running = self._running.get(proof_id)
        if running is not None and seconds > 0:
            await asyncio.wait([running[1]], timeout=seconds)
        return self._states.get(proof_id)

    async def content(self, proof_id: str) -> Optional[bytes]:
        return self._bytes.get(proof_id)

    async def forget(self, proof_id: str) -> None:
        import ray

        running = self._running.get(proof_id)
        if running is not None:
            ray.cancel(running[0], force=True)
        self._bytes.pop(proof_id, None)
        self._states.pop(proof_id, None)


def _values(body: Mapping[str, Any]) -> Any:
    """Of an input file: an array an input of the model."""
    entries = body.get("input_data")
    if not isinstance(entries, list) or not entries:
        raise _Refusal(400, "bad_input", "input_data: expected an array with one entry for each input of the model, found something else")
    return tuple(entries)


def _body(content: bytes) -> Dict[str, Any]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise _Refusal(400, "bad_input", "body: expected JSON, found something else") from None
    if not isinstance(body, dict):
        raise _Refusal(400, "bad_input", "body: expected a JSON object, found something else")
    return body


def _hex_context(given: Any) -> Optional[bytes]:
    if given is None:
        return None
    try:
        context = bytes.fromhex(given)
    except (TypeError, ValueError):
        context = b""
    if not 1 <= len(context) <= 32:
        raise _Refusal(400, "bad_input", "context: expected 1 to 32 bytes in hexadecimal digits, found something else")
    return context


def _seconds(request: Any) -> float:
    text = request.query_params.get("wait", "0")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _MAX_WAIT_SECONDS:
        raise _Refusal(400, "bad_input", f"wait: expected seconds from 0 to {_MAX_WAIT_SECONDS:g}, found something else")
    return seconds


class _Paths:
    """What a replica answers."""

    def __init__(self, keys: Dict[str, bytes], proofs: Any) -> None:
        self._vks = {name: pc.VerifyingKey._from_bytes(vk, name) for name, vk in keys.items()}
        self._proofs = proofs

    async def __call__(self, request: Any) -> Any:
        from starlette.responses import JSONResponse, Response

        try:
            answer = await self._answer(request.method, request.url.path.strip("/").split("/"), request)
            status, body = answer if isinstance(answer, tuple) else (200, answer)
            return Response(body, status, media_type="application/octet-stream") if isinstance(body, bytes) else JSONResponse(body, status)
        except _Refusal as refusal:
            return JSONResponse({"error": {"code": refusal.code, "message": str(refusal)}}, refusal.status)
        except pc.BadInput as error:
            return JSONResponse({"error": {"code": "bad_input", "message": str(error)}}, 400)

    async def _answer(self, method: str, path: List[str], request: Any) -> Any:
        if (method, path) == ("GET", ["healthz"]):
            return {"status": "ok"}
        if (method, path) == ("GET", ["v1", "models"]):
            return {"models": [self._model(name) for name in self._vks]}
        if path[:2] == ["v1", "models"] and len(path) in (3, 4):
            if path[2] not in self._vks:
                raise _Refusal(404, "not_found", "model: expected the name of one that is served, found another")
            if (method, path[3:]) == ("GET", []):
                return self._model(path[2])
            if (method, path[3:]) == ("GET", ["vk"]):
                return self._vks[path[2]].bytes
            if (method, path[3:]) == ("POST", ["infer"]):
                return await self._infer(path[2], request)
        if path[:2] == ["v1", "proofs"] and len(path) in (3, 4):
            return await self._proof(method, path[2], path[3:], request)
        if (method, path) == ("POST", ["v1", "verify"]):
            return await self._verify(request)
        raise _Refusal(404, "not_found", "path: expected one of the service's, found another")

    def _model(self, name: str) -> Dict[str, Any]:
        vk = self._vks[name]
        return {"name": name, "version": vk.digest, "batch": vk.batch}

    async def _content(self, request: Any) -> bytes:
        chunks, size = [], 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > _MAX_BODY_BYTES:
                raise _Refusal(413, "too_large", f"body: expected at most {_MAX_BODY_BYTES} bytes, found more")
            chunks.append(chunk)
        return b"".join(chunks)

    async def _infer(self, name: str, request: Any) -> Any:
        seconds = _seconds(request)
        body = _body(await self._content(request))
        saturate = body.get("saturate", False)
        if not isinstance(saturate, bool):
            raise _Refusal(400, "bad_input", "saturate: expected true or false, found something else")
        state = await self._proofs.begin.remote(name, _values(body), _hex_context(body.get("context")), saturate)
        if not state:
            raise _Refusal(503, "busy", "proofs: expected fewer that wait than are kept, found as many")
        if seconds > 0:
            state = await self._proofs.state.remote(state["proof_id"], seconds) or state
        return (200 if state["state"] in ("done", "failed") else 202), state

    async def _proof(self, method: str, proof_id: str, rest: List[str], request: Any) -> Any:
        state = await self._proofs.state.remote(proof_id, _seconds(request) if not rest else 0.0)
        if state is None:
            raise _Refusal(404, "not_found", "proof: expected the id of one that is kept, found another")
        if (method, rest) == ("GET", []):
            return state
        if (method, rest) == ("DELETE", []):
            await self._proofs.forget.remote(proof_id)
            return {"deleted": proof_id}
        if (method, rest) == ("GET", ["proof"]):
            content = await self._proofs.content.remote(proof_id)
            if content is None:
                raise _Refusal(409, "not_done", f"proof: expected one that is done, found one that is {state['state']}")
            return content
        raise _Refusal(404, "not_found", "path: expected one of the service's, found another")

    async def _verify(self, request: Any) -> Any:
        name = request.query_params.get("model")
        context = _hex_context(request.query_params.get("context"))
        content = await self._content(request)
        if name is not None:
            if name not in self._vks:
                raise _Refusal(404, "not_found", "model: expected the name of one that is served, found another")
            vk, proof = self._vks[name], content
        else:
            body = _body(content)
            try:
                vk = pc.VerifyingKey._from_bytes(base64.b64decode(body["vk"], validate=True), "vk")
                proof = base64.b64decode(body["proof"], validate=True)
            except (KeyError, TypeError, binascii.Error):
                raise _Refusal(400, "bad_input", "body: expected vk and proof in base64, found something else") from None
            context = _hex_context(body.get("context"))
        try:
            stated = await asyncio.to_thread(pc.verify, vk, proof, context=context)
        except pc.Rejected as error:
            return {"accepted": False, "reason": str(error), "vk_digest": vk.digest}
        return {
            "accepted": True,
            "reason": None,
            "model": stated.model_name,
            "vk_digest": stated.vk_digest,
            "batch": stated.batch,
            "context": stated.context.hex() or None,
            "outputs": [
                {
                    "name": t.tensor.name,
                    "integers": t.value.integers.ravel().tolist() if t.value is not None else None,
                    "commitment": t.commitment,
                }
                for t in stated.outputs
            ],
        }


def application(
    keys: Mapping[str, Union[pc.Keys, "os.PathLike[str]", str]],
    *,
    device: str = "cpu",
    cpus: int = 1,
    cards: int = 0,
    retries: int = 5,
    kept: int = 10000,
    replicas: int = 1,
) -> Any:
    """An application for ``ray.serve.run``: the service's paths for these models, on whatever machines the cluster has.

    keys: by the name in the paths; a large one as the path of its .pk, which the machine that keeps the proofs has to reach: the others are kept by
    Ray's controller, weights and all. device, cpus, cards, retries: of one proof, as for prove_many. kept: how many proofs are
    remembered. replicas: processes that answer requests. Raises BadInput.
    """
    try:
        from ray import serve
    except ImportError:
        raise pc.BadInput("ray: expected Ray Serve to be installed (pip install proofcard[ray]), found no such package", "ray") from None
    if not keys:
        raise pc.BadInput("keys: expected at least one model, found none", "keys")
    # Restarted where its machine is lost: proofs are forgotten then, and their ids are not found.
    proofs = serve.deployment(
        _Proofs, name="proofcard_proofs", num_replicas=1, max_ongoing_requests=10000, ray_actor_options={"num_cpus": 0}
    ).bind({name: key if isinstance(key, pc.Keys) else os.fspath(key) for name, key in keys.items()}, cpus, cards, device, retries, kept)
    paths = serve.deployment(
        _Paths, name="proofcard_paths", num_replicas=replicas, max_ongoing_requests=1000, ray_actor_options={"num_cpus": 0}
    )
    return paths.bind({name: _keys(name, key).vk.bytes for name, key in keys.items()}, proofs)
