"""packaging/prove_array.sbatch, under a controller and a node of Slurm on this machine. Needs slurmctld, slurmd and munge, as root, and the command."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

import pytest

import proofcard as pc

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "packaging/prove_array.sbatch"
PROGRAMS = ["slurmctld", "slurmd", "munged", "sbatch"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    missing = [name for name in PROGRAMS if shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") is None]
    if missing or os.geteuid() != 0 or not os.environ.get("PROOFCARD"):
        pytest.skip(f"no Slurm here (missing: {missing}), not root, or PROOFCARD does not name the command")
    home = tmp_path_factory.mktemp("slurm")
    home.chmod(0o755)
    host = socket.gethostname().split(".")[0]
    key = home / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    for name in ("state", "spool"):
        (home / name).mkdir()
    (home / "gres.conf").write_text("Name=card Count=2\n")
    (home / "cgroup.conf").write_text("CgroupPlugin=autodetect\n")
    (home / "slurm.conf").write_text(
        f"""ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={free_port()}
SlurmdPort={free_port()}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={home}/munge.socket
CredType=cred/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
GresTypes=card
ReturnToService=2
MpiDefault=none
SwitchType=switch/none
StateSaveLocation={home}/state
SlurmdSpoolDir={home}/spool
SlurmctldPidFile={home}/slurmctld.pid
SlurmdPidFile={home}/slurmd.pid
NodeName={host} NodeAddr=127.0.0.1 CPUs={os.cpu_count()} Gres=card:2 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""
    )
    environment = {
        **os.environ,
        "SLURM_CONF": str(home / "slurm.conf"),
        "PATH": f"{pathlib.Path(os.environ['PROOFCARD']).parent}:{os.environ['PATH']}:/usr/sbin",
    }
    log = (home / "log").open("w")
    started = [
        subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        for command in (
            ["munged", "-F", "--force", f"--key-file={key}", f"--socket={home}/munge.socket", f"--pid-file={home}/munge.pid",
             f"--log-file={home}/munge.log", f"--seed-file={home}/munge.seed"],
            ["slurmctld", "-D", "-f", str(home / "slurm.conf")],
            ["slurmd", "-D", "-f", str(home / "slurm.conf"), "-N", host],
        )
    ]

    def run(*command, **variables):
        return subprocess.run(command, env={**environment, **variables}, cwd=home, capture_output=True, text=True, check=False)

    run.home = home
    deadline = time.monotonic() + 60
    while "idle" not in run("sinfo", "-h", "-o", "%T").stdout:
        if time.monotonic() > deadline:
            pytest.fail(f"Slurm did not start: {(home / 'log').read_text()[-2000:]}")
        time.sleep(0.2)
    yield run
    for process in reversed(started):
        process.terminate()
        process.wait(20)


@pytest.fixture()
def work(slurm, keys, samples, tmp_path):
    keys.save(tmp_path / "model")
    (tmp_path / "inputs").mkdir()
    for i in range(4):
        (tmp_path / f"inputs/{i}.json").write_text(json.dumps({"input_data": [samples[i].ravel().tolist()]}))
    return tmp_path


def array(slurm, work, *options, tasks=4):
    """Runs the array to its end; its log."""
    submitted = slurm("sbatch", "--parsable", "--wait", f"--array=0-{tasks - 1}", "--cpus-per-task=1", *options, str(SCRIPT),
                      KEY=str(work / "model.pk"), INPUTS=str(work / "inputs"), PROOFS=str(work / "proofs"))
    job = submitted.stdout.split()[0] if submitted.stdout else None
    logs = "".join(path.read_text() for path in sorted(slurm.home.glob(f"prove-{job}_*.log"))) if job else ""
    return submitted, logs


def all_verify(work, keys, samples):
    found = sorted(path.name for path in (work / "proofs").iterdir())
    assert found == [f"{i}.json.proof" for i in range(4)]
    for i in range(4):
        stated = pc.verify(keys.vk, (work / f"proofs/{i}.json.proof").read_bytes())
        assert stated.outputs[0].value.integers.tolist() == keys.prove(samples[i]).outputs[0].integers.tolist()


def test_each_task_makes_its_proof(slurm, work, keys, samples):
    submitted, logs = array(slurm, work, "--gres=card:1")
    assert submitted.returncode == 0, submitted.stderr + logs
    all_verify(work, keys, samples)


def test_what_is_missing_is_made_again(slurm, work, keys, samples):
    array(slurm, work)
    kept = (work / "proofs/1.json.proof").read_bytes()
    (work / "proofs/2.json.proof").unlink()
    submitted, logs = array(slurm, work)
    assert submitted.returncode == 0, logs
    assert logs.count("there already") == 3
    assert (work / "proofs/1.json.proof").read_bytes() == kept
    all_verify(work, keys, samples)


def test_a_wrong_input_is_told_and_leaves_nothing(slurm, work, keys, samples):
    (work / "inputs/2.json").write_text('{"input_data": [[1, 2]]}')
    submitted, logs = array(slurm, work, tasks=5)
    assert submitted.returncode != 0
    assert "expected shape [1,1,28,28]" in logs and "task 4: expected an input in" in logs
    assert sorted(path.name for path in (work / "proofs").iterdir()) == [f"{i}.json.proof" for i in (0, 1, 3)]
