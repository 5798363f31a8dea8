"""Reads descriptions of kernels, bitstreams/abi/NAME.json, and puts what all kernels have, common.json, around each.

A kernel's file has what is its own: ports, arguments, formats, counters of the completion record, what its words plan and build mean, and
texts of errors (or, with codes, errors of its own). `top` says of which module the port names of Vitis are put around.
"""
import hashlib
import json
import pathlib

PROJECT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "bitstreams/abi"
MAIN_KERNEL = "msm_g1"  # its files and namespaces are named after the ABI alone
TEXTS = ("doc", "summary")
NOT_OF_THE_ABI = ("top", "rtl_only", "plan", "build", "counters", "own_errors")


def without_texts(value):
    if isinstance(value, dict):
        return {k: without_texts(v) for k, v in value.items() if k not in TEXTS}
    if isinstance(value, list):
        return [without_texts(v) for v in value]
    return value


def abi_hash(abi):
    """The first 8 bytes of SHA-256: it changes when, and only when, something changes that host and card must agree about."""
    agreed = {k: v for k, v in without_texts(abi).items() if k not in NOT_OF_THE_ABI}
    text = json.dumps(agreed, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def expand_channels(abi):
    """Ports and arguments of every channel: in -> in_0, in_1, ..."""
    count = abi["formats"].get("num_channels", 1)

    def copies(entry):
        if not entry.get("per_channel"):
            return [entry]
        of_channel = lambda k: {key: f"{entry[key]}_{k}" for key in ("name", "port") if key in entry}
        return [{**entry, **of_channel(k), "channel": k} for k in range(count)]

    for key in ("ports", "arguments"):
        abi[key] = [copy for entry in abi[key] for copy in copies(entry)]


def place_arguments(abi):
    """Offsets as Vitis HLS assigns them: from 0x10, a pointer takes 12 bytes and a 32-bit scalar 8."""
    offset = 0x10
    for index, arg in enumerate(abi["arguments"]):
        arg["id"] = index
        arg["offset"] = offset
        arg["bytes"] = 8 if arg["kind"] == "buffer" else 4
        offset += arg["bytes"] + 4


def errors(abi, common):
    """The common ones, with the kernel's texts; or, where it gives codes, its own, with the common texts that it does not give."""
    shared = {error["name"]: error for error in common["errors"]}
    own = {error["name"]: error for error in abi.get("errors", [])}
    if any("code" in error for error in own.values()):
        return [{**shared.get(name, {}), **error} for name, error in own.items()]
    strange = sorted(set(own) - set(shared))
    assert not strange, f"{abi['kernel']}: errors: expected names of common.json, or codes, found {strange}"
    return [{**error, **own.get(name, {})} for name, error in shared.items()]


def merge(abi, common):
    """The whole description."""
    name = abi["plan"]["name"]
    control = json.loads(json.dumps(common["control"]).replace("info_plan", f"info_{name}").replace("word plan", f"word {name}"))
    offset, counters = common["record_head"][-1]["offset"] + common["record_head"][-1]["bytes"], []
    for counter in abi["counters"]:
        counters.append({"name": counter["name"], "offset": offset, **counter})
        offset += counter["bytes"]
    plan, build = common["record_tail"]
    tail = [{**plan, **abi["plan"]}, {**build, **abi.get("build", {})}]
    return {
        **abi,
        "control": control,
        "formats": {**abi["formats"], **common["formats"]},
        "own_formats": abi["formats"],
        "own_errors": any("code" in error for error in abi.get("errors", [])),
        "error_texts": [error["name"] for error in abi.get("errors", [])],
        "counters": counters,
        "completion_record": [*common["record_head"], *counters, *tail],
        "errors": errors(abi, common),
    }


def check(abi):
    kernel, formats = abi["kernel"], abi["formats"]
    if "num_channels" in formats:
        assert formats["num_channels"] * formats["beat_bytes"] == formats["word_elements"] * formats["element_bytes"], kernel
    end = 0
    for field in abi["completion_record"]:
        assert field["offset"] == end and end % field["bytes"] == 0, f"{kernel}: completion record: {field['name']}: expected it at {end}"
        end += field["bytes"]
    assert end == formats["status_bytes"] == 64, f"{kernel}: completion record: expected 64 bytes, found {end}"
    assert [e["code"] for e in abi["errors"]] == list(range(len(abi["errors"]))), kernel
    ports = {p["name"] for p in abi["ports"]}
    assert all(a["port"] in ports for a in abi["arguments"] if a["kind"] == "buffer"), f"{kernel}: an argument of no port"
    kinds = [a["kind"] for a in abi["arguments"]]
    assert kinds == sorted(kinds), f"{kernel}: arguments: expected buffers before scalars"
    assert {"status", "job_id"} <= {a["name"] for a in abi["arguments"]}, f"{kernel}: arguments: expected status and job_id"
    last = abi["arguments"][-1]
    assert last["offset"] + last["bytes"] <= min(r["offset"] for r in abi["control"]["info_registers"]), f"{kernel}: too many arguments"


def load_common():
    return json.loads((FOLDER / "common.json").read_text())


def load(path):
    """The whole description of a kernel, with places and hash."""
    text = json.loads(pathlib.Path(path).read_text())
    abi = merge(text, load_common())
    expand_channels(abi)
    place_arguments(abi)
    check(abi)
    extra = ("own_formats", "error_texts")
    abi["hash"] = abi_hash({k: v for k, v in abi.items() if k not in extra})
    return abi


def all_kernels():
    return [path for path in sorted(FOLDER.glob("*.json")) if path.name != "common.json"]


def note(abi):
    return f"Generated by scripts/generate_abi.py from bitstreams/abi/{abi['kernel']}.json; do not edit."


COMMON_NOTE = "Generated by scripts/generate_abi.py from bitstreams/abi/common.json; do not edit."


def suffix(abi, separator="_"):
    return "" if abi["kernel"] == MAIN_KERNEL else separator + abi["kernel"]


def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def argument(abi, name):
    return next(a for a in abi["arguments"] if a["name"] == name)
