"""What the tool makes of a model, and whether that is right, refused by name, warned of in words, or wrong.

Of each plan (default, 8 bits, 16 bits) the outputs of `run` on the samples of `compile` are compared with onnxruntime's.
An error is right as far as `compile` says itself how large it is:

    |run - onnxruntime| <= what compile measured at most + 1e-4 of the largest value + 8 times how far onnxruntime's own
                           value moves when inputs and weights move by 2e-6 of themselves, and what nodes
                           compute by 2.5e-7

so the float model that `compile` measures with is onnxruntime's. With 16 bits it is also at most a tenth of the largest value plus 32 times what
moves when every value of onnxruntime's model is off by 2^-13 of its tensor's largest, warned of or not: what is more is
no rounding, but a wrong step. An output that is off by more than two per cent (root mean
square, or at one place of its largest value) without a warning is wrong without a word.
"""

import dataclasses
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "models"))
import model_case  # noqa: E402
from random_graph import coarse, nearby, noise, shaken  # noqa: E402

PLANS = {"default": [], "8": ["--bits", "8"], "16": ["--bits", "16"]}
MODEL_TOLERANCE = 1e-4  # of the largest value
NOISE = 0.01
TRIALS = 3
COARSE, COARSE_TOLERANCE = 32, 0.1
ROUNDED_OFF = 2  # times as far out as its samples: what 8 bits round before an exponential may be that far off
SILENT = 0.022  # compile warns from 0.02 on, of its own float model


@dataclasses.dataclass
class Verdict:
    plan: str
    kind: str  # right, warned, refused, or a failure: crash, slow, untold, clipped, measure, coarse, silent, inspect, proof
    text: str

    @property
    def failed(self):
        return self.kind not in ("right", "warned", "refused")


class Expected:
    """onnxruntime's outputs, and by how much they may move."""

    def __init__(self, graph):
        model = graph.model()
        inputs = graph.inputs()
        samples = graph.maker.samples
        rows = [{v.name: v.arrays[s] for v in inputs} for s in range(samples)]
        session = model_case.session(model)
        self.outputs = [session.run(None, row) for row in rows]
        self.moves = self.moved(rows, lambda rng: nearby(graph, rng), lambda a, rng, _: shaken(a, rng))
        for s, moves in enumerate(self.moves):  # where many values are noise, none of them says anything
            for o, move in enumerate(moves):
                if np.mean(move > NOISE * np.abs(self.outputs[s][o]).max()) > 0.25:
                    move[...] = move.max()
        sizes = {v.name: v for v in inputs}
        self.coarse = self.moved(rows, lambda rng: coarse(graph, rng), lambda a, rng, name: a + noise(sizes[name], rng))

    def moved(self, rows, near, change):
        """How far each output goes at most in a few models nearby, with inputs nearby; infinitely where it is no number."""
        moves = [[np.zeros(o.shape) for o in out] for out in self.outputs]
        rng = np.random.default_rng(1)
        for _ in range(TRIALS):
            session = model_case.session(near(rng))
            for s, row in enumerate(rows):
                found = session.run(None, {k: change(a, rng, k) if a.dtype == np.float32 else a for k, a in row.items()})
                for o, m in enumerate(found):
                    with np.errstate(all="ignore"):
                        d = np.abs(m.astype(np.float64) - self.outputs[s][o].astype(np.float64))
                    moves[s][o] = np.maximum(moves[s][o], np.where(np.isfinite(d), d, np.inf))
        return moves


@dataclasses.dataclass(frozen=True)
class Program:
    """The tool, and what one command may take. Programs with sanitizers reserve more memory than there is: 0."""

    path: str
    seconds: float = 60
    bytes: int = 4 << 30

    def limit(self):
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if self.bytes:
            resource.setrlimit(resource.RLIMIT_DATA, (self.bytes, self.bytes))


class Tool:
    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)

    def run(self, *arguments):
        """(exit code, standard output, standard error); negative codes are signals, "slow" is one that took too long."""
        process = subprocess.Popen([self.program.path, *map(str, arguments)], cwd=self.folder, text=True, errors="replace",
                                   preexec_fn=self.program.limit, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = process.communicate(timeout=self.program.seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return "slow", "", f"more than {self.program.seconds} s"
        return process.returncode, out, err


def trouble(plan, command, code, err):
    """A Verdict unless the exit code is 0."""
    if code == 0:
        return None
    last = err.strip().splitlines()[-1] if err.strip() else ""
    if code == "slow":
        return Verdict(plan, "slow", f"{command}: {err}")
    if code == 2 and last and "Sanitizer" not in err and "bad_alloc" not in err:
        return Verdict(plan, "refused", err.strip())
    return Verdict(plan, "crash", f"{command}: exit code {code}: {err.strip()[-600:]}")


def write_samples(path, inputs, samples):
    rows = [(v.arrays[s] + 0).reshape(-1).tolist() for s in range(samples) for v in inputs]  # truths become numbers
    path.write_text(json.dumps({"input_data": rows}))


def measured(report):
    return [o["max_abs_error"] for o in report["accuracy"]["outputs"]]


def compare(plan, expected, got, report, told):
    """Of one plan's outputs, sample after sample."""
    outputs = len(expected.outputs[0])
    for o in range(outputs):
        want = np.stack([e[o] for e in expected.outputs]).astype(np.float64).reshape(len(expected.outputs), -1)
        move = np.stack([m[o] for m in expected.moves]).reshape(want.shape)
        have = np.array([got[s * outputs + o] for s in range(len(expected.outputs))], np.float64).reshape(want.shape)
        error = np.abs(have - want)
        largest = np.abs(want).max()
        exact = expected.outputs[0][o].dtype.kind in "biu"
        stated = measured(report)[o]
        allowed = stated * 1.001 + (0 if exact else MODEL_TOLERANCE * largest + 1e-30) + 8 * move
        if (error > allowed).any():
            at = np.unravel_index(np.argmax(error - np.where(np.isfinite(allowed), allowed, np.inf)), error.shape)
            return Verdict(plan, "measure", f"output {o}, sample {at[0]}, element {at[1]}: {have[at]:.9g}, onnxruntime "
                           f"{want[at]:.9g}, compile says errors are at most {stated:.4g} (values up to {largest:.4g})")
        rough = max(c[o].max(initial=0) for c in expected.coarse)
        if plan == "16" and not exact and error.max() > COARSE * rough + COARSE_TOLERANCE * largest:
            return Verdict(plan, "coarse", f"output {o}: off by {error.max():.4g} of {largest:.4g}, and by {rough:.4g} when every "
                           "value of the float model is off by as much as 16 bits explain")
        firm = move <= np.maximum(MODEL_TOLERANCE * largest, stated)
        size = np.sqrt((want**2).sum())
        relative = np.sqrt((error[firm] ** 2).sum()) / size if size > 0 else float((error[firm] > 0).any())
        at_one_place = error[firm].max(initial=0) / largest if largest > 0 else 0
        if max(relative, at_one_place) > SILENT and not told and not exact:  # how many integers differ is a measure of its own
            return Verdict(plan, "silent", f"output {o}: off by {100 * relative:.2g} % (root mean square), {100 * at_one_place:.2g} % of "
                           "the largest value at one place, without a warning")
    return None


def judge_plan(tool, graph, expected, plan):
    inputs = graph.inputs()
    samples = graph.maker.samples
    model, made, report, outputs = "model.onnx", f"{plan}.pcm", f"{plan}.json", f"{plan}.outputs.json"
    code, _, err = tool.run("compile", model, "-o", made, "--calibrate", "samples.json", "--report", report, *PLANS[plan])
    if verdict := trouble(plan, "compile", code, err):
        return verdict
    warned = "warning" in err
    code, _, err = tool.run("run", made, "samples.json", "--save-output", outputs)
    if verdict := trouble(plan, "run", code, err):
        return verdict if verdict.kind != "refused" else Verdict(plan, "untold", f"run refuses compile's own samples: {err}")
    if any(float(times) > ROUNDED_OFF for times in re.findall(r"up to ([0-9.]+) times as far", err)):
        return Verdict(plan, "clipped", f"of compile's own samples: {err}")
    got = json.loads((tool.folder / outputs).read_text())["output_data"]
    said = json.loads((tool.folder / report).read_text())
    if len(got) != samples * len(graph.outputs):
        return Verdict(plan, "measure", f"{len(got)} arrays of outputs for {samples} samples of {len(graph.outputs)}, {len(inputs)} inputs")
    sizes = [len(a) for a in got[:len(graph.outputs)]]
    if sizes != [int(o.arrays[0].size) for o in graph.outputs]:
        return Verdict(plan, "measure", f"outputs of {sizes} numbers instead of {[int(o.arrays[0].size) for o in graph.outputs]}")
    failure = compare(plan, expected, got, said, warned)
    worst = max(o["relative_error"] for o in said["accuracy"]["outputs"])
    return failure or Verdict(plan, "warned" if warned else "right", f"{100 * worst:.2g} %")


def judge_proof(tool, graph, plan, weights):
    """setup, prove and verify with the first sample; public outputs must be those of `run`."""
    name = f"proved_{weights}"
    write_samples(tool.folder / "input.json", graph.inputs(), 1)
    steps = [
        ("compile", "model.onnx", "-o", f"{name}.pcm", "--calibrate", "samples.json", "--weights", weights, *PLANS[plan]),
        ("setup", f"{name}.pcm", "-o", name, "--force"),
        ("prove", f"{name}.pk", "input.json", "-o", f"{name}.proof", "--save-output", f"{name}.proved.json"),
        ("run", f"{name}.pcm", "input.json", "--save-output", f"{name}.ran.json"),
        ("verify", f"{name}.vk", f"{name}.proof", "--public", f"{name}.ran.json"),
    ]
    for step in steps:
        code, out, err = tool.run(*step)
        if code != 0:
            verdict = trouble(plan, step[0], code, err + out)
            refused = step[0] in ("compile", "setup") and verdict.kind == "refused"
            return verdict if refused else Verdict(plan, "proof", f"{weights} weights: {verdict.text}")
    proved, ran = (json.loads((tool.folder / f"{name}.{k}.json").read_text()) for k in ("proved", "ran"))
    if proved != ran:
        return Verdict(plan, "proof", f"{weights} weights: the proof states other outputs than run")
    return Verdict(plan, "right", f"proved, {weights} weights")


def judge_inspect(tool, plan, compiled):
    """`inspect` says of the model what `compile` did."""
    code, out, err = tool.run("inspect", "model.onnx", "--json", "--calibrate", "samples.json", *PLANS[plan])
    if code not in (0, 2):
        return trouble(plan, "inspect", code, err)
    said = json.loads(out)
    if said["compiles"] == (compiled.kind == "refused") or any(p not in compiled.text for p in said["problems"]):
        return Verdict(plan, "inspect", f"compile: {compiled.kind} {compiled.text}; inspect: {said['problems'] or 'compiles'}")
    return Verdict(plan, "right", "inspect agrees")


def judge(program, graph, folder, plans=tuple(PLANS), proof=None):
    """Verdicts of all plans, and of inspect and a proof: (plan, visibility of weights)."""
    tool = Tool(program, folder)
    try:
        expected = Expected(graph)
    except Exception as error:  # noqa: BLE001  onnxruntime takes each node, and refuses some of them together
        return [Verdict("", "refused", f"onnxruntime: {error}")]
    (tool.folder / "model.onnx").write_bytes(graph.model().SerializeToString())
    write_samples(tool.folder / "samples.json", graph.inputs(), graph.maker.samples)
    verdicts = [judge_plan(tool, graph, expected, plan) for plan in plans]
    if proof and not any(v.failed for v in verdicts):
        of_plan = [v for v in verdicts if v.plan == proof[0]] or [judge_plan(tool, graph, expected, proof[0])]
        verdicts += [judge_inspect(tool, proof[0], of_plan[0]), judge_proof(tool, graph, *proof)]
    return verdicts
