"""Cards from Python: the program that drives them is installed beside the command."""

import os
import pathlib

import pytest

import proofcard as pc


@pytest.fixture()
def beside_command(monkeypatch):
    program = os.environ.get("PROOFCARD")
    if not program or not (pathlib.Path(program).parent / "msm_g1.sw_emu.xclbin").exists():
        pytest.skip("PROOFCARD does not name a command that was built with XRT")
    monkeypatch.delenv("PROOFCARD_CARDS", raising=False)
    monkeypatch.setenv("PATH", str(pathlib.Path(program).parent), prepend=os.pathsep)


def test_an_emulated_card_makes_a_proof_s_sums(beside_command, monkeypatch, diagnosis, keys):
    monkeypatch.setenv("PROOFCARD_CARDS", "")  # restored at the end; set by the call
    monkeypatch.delenv("PROOFCARD_CARDS")
    proof = keys.prove(diagnosis.input, device="sw_emu")
    assert proof.report["cards"]
    assert pc.verify(keys.vk, proof).outputs[0].value.integers.tolist() == proof.outputs[0].integers.tolist()


def test_no_card_is_a_fault_that_names_what_is_missing(monkeypatch, tmp_path, diagnosis, keys):
    monkeypatch.setenv("PROOFCARD_CARDS", str(tmp_path))
    # One that no call has opened: cards that are open stay.
    with pytest.raises(pc.DeviceFault, match="msm_g1.hw_emu.xclbin is missing"):
        keys.prove(diagnosis.input, device="hw_emu")
