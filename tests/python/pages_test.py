"""What README.md, docs/python.md and the example say is run."""

import json
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_example_runs():
    done = subprocess.run([sys.executable, "-I", ROOT / "examples/python/first_proof.py"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^accepted: logistic gave probability = \[0\.\d+\]", done.stdout, re.M), done.stdout
    assert re.search(r"^a forged proof is rejected at the stage '\w", done.stdout, re.M), done.stdout


def test_the_lines_of_the_pages_run(diagnosis, tmp_path, monkeypatch):
    shutil.copy(diagnosis.onnx, tmp_path / "model.onnx")
    monkeypatch.chdir(tmp_path)
    readme = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)[1]
    page = (ROOT / "docs/python.md").read_text()
    page = "\n".join(line[4:] for line in page.split("##")[0].splitlines() if line.startswith("    ") and "make wheel" not in line)
    assert "pc.verify" in readme and "pc.verify" in page
    for lines in (readme, page):
        exec(compile(lines, "page", "exec"), {"samples": diagnosis.samples, "x": diagnosis.input})


def test_ezkls_input_file_works(diagnosis, tmp_path):
    import proofcard as pc

    model = pc.compile(diagnosis.onnx, calibration=str(diagnosis.samples_file))
    x = json.loads(diagnosis.input_file.read_text())["input_data"]
    assert model.run(x[0])[0].integers.shape == model.outputs[0].shape
