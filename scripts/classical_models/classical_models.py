#!/usr/bin/env python3
"""Models of scikit-learn, XGBoost and LightGBM, exported, compiled, proved, verified, and compared with the libraries themselves.

    classical_models.py make FOLDER [NAME]           fits and exports: NAME.onnx, samples, inputs, expected outputs, cases.json
    classical_models.py try FOLDER BINARY [NAME]     compile, run, setup, prove, verify with the program BINARY: results.jsonl
    classical_models.py page FOLDER PAGE             the page of the results

NAME: only cases whose names contain it. Needs requirements.txt beside this file; scripts/classical_models.sh does all of it.

Inputs are held-out rows within the range of the fitted ones, and, for what compares features with thresholds, rows in which features
are thresholds, and the float32 numbers beside them. Right: every label is onnxruntime's, probabilities are within 0.01, other
numbers within 1 % (root mean square over the size of the output). Where onnxruntime's label is not the library's, the library's is
right, too; votes that are equal but for the rounding of onnxruntime's own sums have no right label. Beside thresholds: right on
held-out rows, but not on all of those that lie on thresholds or beside them.
"""

import argparse
import json
import pathlib
import re
import resource
import signal
import subprocess
import time
import warnings

import boosting
import estimators
import numpy as np
import onnx
import onnxruntime
import tables
from onnx import TensorProto

HELD_OUT, ON_THRESHOLDS = 100, 20
OPSET = {"": 19, "ai.onnx.ml": 3}
SECONDS = 60  # of processor time, for each step
PROBABILITY, NUMBER = 0.01, 0.01
TIE = 1e-6
TYPES = {TensorProto.FLOAT: np.float32, TensorProto.DOUBLE: np.float64, TensorProto.INT64: np.int64}


make_attribute = onnx.helper.make_attribute


def python_integers(key, value, *more, **options):
    """skl2onnx 1.20 gives onnx lists of numpy's integers, which onnx 1.23 does not take."""
    if isinstance(value, list) and any(isinstance(v, np.integer) for v in value):
        value = [int(v) for v in value]
    return make_attribute(key, value, *more, **options)


onnx.helper.make_attribute = python_integers


def file_name(case):
    return re.sub(r"[^a-z0-9]+", "-", f"{case['name']} {case['data']}".lower()).strip("-")


def all_cases():
    return [*estimators.all_cases(), *boosting.all_cases()]


def exported(case, model, features):
    if case["family"] in ("xgboost", "lightgbm"):
        import onnxmltools
        from onnxmltools.convert.common.data_types import FloatTensorType

        convert = getattr(onnxmltools, f"convert_{case['family']}")
        more = {"zipmap": False} if case["family"] == "lightgbm" else {}
        return convert(model, initial_types=[("x", FloatTensorType([None, features]))], target_opset=15, **more)
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType

    kind = Int64TensorType if case["data"] in ("categories", "labels") else FloatTensorType
    options = {"zipmap": False} if hasattr(model, "classes_") else {}
    if hasattr(model, "score_samples") and case["name"].startswith(("GaussianMixture", "BayesianGaussianMixture", "IsolationForest")):
        options["score_samples"] = True
    types = [("x", kind([None, features]))]
    try:
        return to_onnx(model, initial_types=types, target_opset=OPSET, options={id(model): options})
    except NameError:  # no such option
        return to_onnx(model, initial_types=types, target_opset=OPSET)


def steps(model):
    """The estimators inside of one."""
    yield model
    parts = [part for _, part in getattr(model, "steps", [])]
    inner = getattr(model, "estimators_", [])
    parts += list(inner.reshape(-1)) if isinstance(inner, np.ndarray) else list(inner)
    parts += [transformer for _, transformer, _ in getattr(model, "transformers_", [])]
    for part in parts:
        yield from steps(part)


def thresholds(case, model):
    """(feature, threshold) of what reads the features of the file themselves."""
    if case["family"] in ("xgboost", "lightgbm"):
        return boosting.thresholds(model)
    first = model.steps[0][1] if hasattr(model, "steps") else model
    found = []
    for part in steps(first):
        if hasattr(part, "tree_"):
            inner = part.tree_.children_left >= 0
            found += zip(part.tree_.feature[inner], part.tree_.threshold[inner])
        if hasattr(part, "bin_edges_"):
            found += [(k, edge) for k, edges in enumerate(part.bin_edges_) for edge in edges]
        if hasattr(part, "quantiles_"):
            found += [(k, q) for k in range(part.quantiles_.shape[1]) for q in part.quantiles_[::3, k]]
        if type(part).__name__ == "Binarizer":
            found += [(k, part.threshold) for k in range(part.n_features_in_)]
    return found


def held_out(case, model, table):
    rows = table.held_out(HELD_OUT)
    on = thresholds(case, model)
    rng = np.random.default_rng(tables.SEED)
    if not on:
        return rows
    low, high = np.nanmin(table.fitted[0], 0), np.nanmax(table.fitted[0], 0)
    more = []
    for i in range(ON_THRESHOLDS):
        row = rows[i % len(rows)].copy()
        for k in rng.choice(len(on), min(len(on), 12), replace=False):
            feature, value = int(on[k][0]), np.float32(on[k][1])
            value = [value, np.nextafter(value, np.float32(-np.inf)), np.nextafter(value, np.float32(np.inf))][i % 3]
            row[feature] = np.clip(value, low[feature], high[feature])
        more.append(row)
    return np.concatenate([rows, np.array(more, np.float32)])


def of_library(model, rows):
    """What the library itself says: labels or numbers, then probabilities."""
    out = []
    for name in ("predict", "predict_proba") if hasattr(model, "predict") else ("transform",):
        if hasattr(model, name):
            found = getattr(model, name)(rows)
            found = np.stack(found) if isinstance(found, list) and len({f.shape for f in found}) == 1 else found
            if not isinstance(found, list):
                out.append(np.asarray(found.todense() if hasattr(found, "todense") else found))
    return out


def outputs_of(path, rows):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    per_row = [session.run(None, {session.get_inputs()[0].name: row[None]}) for row in rows]
    return [np.stack([np.asarray(r[i]) for r in per_row]) for i in range(len(per_row[0]))]


def make(case, folder):
    """Writes the files of one case; returns its entry."""
    entry = {key: case[key] for key in ("family", "name", "data")} | {"file": file_name(case)}
    table = tables.table(case["data"])
    try:
        model = case["estimator"]
        x, y = table.fitted
        if case["family"] in ("xgboost", "lightgbm"):
            boosting.fit(model, x, y)
        else:
            model.fit(x) if case["data"] == "labels" else model.fit(x, y)
        file = exported(case, model, x.shape[1])
    except Exception as error:  # noqa: BLE001  it has several of its own
        return entry | {"left_out": str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__}
    path = folder / f"{entry['file']}.onnx"
    onnx.save(file, path)
    kind = TYPES[file.graph.input[0].type.tensor_type.elem_type]
    rows = held_out(case, model, table)
    try:
        outputs = outputs_of(path, rows.astype(kind))
    except Exception as error:  # noqa: BLE001
        return entry | {"left_out": "onnxruntime: " + str(error).strip().splitlines()[-1].replace(f"{folder}/", "")[:160]}
    words = sorted({str(w) for o in outputs if o.dtype.kind in "OU" for w in o.reshape(-1)})
    expected = [np.array([words.index(str(w)) for w in o.reshape(-1)]).reshape(o.shape) if o.dtype.kind in "OU" else o for o in outputs]
    library = of_library(model, rows)
    differs = 0
    if library and outputs[0].dtype.kind in "OUi" and library[0].size == outputs[0].size:
        same = library[0].astype(str).reshape(len(rows), -1) == outputs[0].astype(str).reshape(len(rows), -1)
        differs = int((~same.all(1)).sum())
    off = [float(np.abs(a.reshape(-1) - b.reshape(-1)).max() / max(1e-30, np.abs(a).max())) for a, b in zip(library, expected)
           if b.dtype.kind == "f" and a.dtype.kind in "fi" and a.size == b.size and np.isfinite(a).all()]
    np.save(folder / f"{entry['file']}.samples.npy", table.fitted[0][:100].astype(kind)[:, None])
    np.save(folder / f"{entry['file']}.inputs.npy", rows.astype(kind)[:, None])
    np.save(folder / f"{entry['file']}.input.npy", rows[-1].astype(kind)[None])
    np.savez(folder / f"{entry['file']}.expected.npz", *expected)
    if library and library[0].size == expected[0].size:
        known = np.array([words.index(str(w)) if str(w) in words else -1 for w in library[0].reshape(-1)]) if words else library[0]
        np.save(folder / f"{entry['file']}.library.npy", known.reshape(len(rows), -1))
    proper = hasattr(model, "predict_proba")
    return entry | {"rows": len(rows), "held_out": min(len(rows), len(table.held_out(HELD_OUT))), "differs": differs, "library_off": max(off, default=0.0), "probabilities": proper}


def command(binary, *arguments):
    begin = time.monotonic()
    try:
        done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True, timeout=20 * SECONDS, check=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)))
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return None, f"not done within {SECONDS} s of processor time", 0
    return done.returncode, done.stdout + done.stderr, time.monotonic() - begin


def is_tie(scores):
    """Rows whose two largest scores differ by the rounding of float32 sums alone."""
    if scores.shape[1] < 2:
        return np.zeros(len(scores), bool)
    ordered = np.sort(scores, 1)
    return ordered[:, -1] - ordered[:, -2] < TIE


def differences(expected, library, found, probabilities):
    """(rows with a wrong label, largest error of probabilities, error of other numbers) of some rows of one model."""
    labels, worst, error = set(), 0.0, 0.0
    for i, wanted in enumerate(expected):
        got = found[i].reshape(len(wanted), -1)
        wanted = wanted.reshape(len(wanted), -1)
        if wanted.dtype.kind in "ib":
            wrong = got != wanted
            if i == 0 and library is not None:
                wrong &= got != library
            if i == 0 and probabilities and len(expected) > 1 and expected[1].dtype.kind == "f":
                wrong &= ~is_tie(expected[1].reshape(len(wanted), -1))[:, None]
            labels |= set(np.flatnonzero(wrong.any(1)).tolist())
        elif not np.isfinite(wanted).all():
            error = float("inf")
        elif probabilities and wanted.min() >= 0 and wanted.max() <= 1:
            worst = max(worst, float(np.abs(got - wanted).max()))
        else:
            size = np.sqrt((wanted.astype(float) ** 2).mean())
            error = max(error, float(np.sqrt(((got - wanted) ** 2).mean()) / max(size, 1e-30)))
    return len(labels), worst, error


def grade(labels, worst, error):
    return "wrong" if labels else "right" if worst <= PROBABILITY and error <= NUMBER else "inexact"


def attempt(entry, folder, binary):
    """Compiles, runs, proves and verifies one case; returns its result."""
    at = folder / entry["file"]
    name = str(at)
    code, said, seconds = command(binary, "compile", f"{name}.onnx", "-o", f"{name}.pcm", "--calibrate", f"{name}.samples.npy")
    result = entry | {"compile_seconds": seconds, "warned": "warning" in said, "noted": "threshold" in said}
    if code != 0:
        lines = [line for line in said.splitlines() if line.strip()]
        return result | {"class": "refused", "why": (lines[-1] if lines else "")[:300]}
    code, said, _ = command(binary, "run", f"{name}.pcm", f"{name}.inputs.npy", "--save-output", f"{name}.out.json")
    result["warned"] |= "warning" in said
    if code != 0:
        return result | {"class": "refused", "why": "run: " + (said.strip().splitlines() or [""])[-1][:300]}
    expected = np.load(f"{name}.expected.npz")
    found = json.loads(pathlib.Path(f"{name}.out.json").read_text())["output_data"]
    expected = [expected[k] for k in expected.files]
    numbers = [np.array(found[i::len(expected)], float) for i in range(len(expected))]  # outputs of a row, one after the other
    path = at.with_name(at.name + ".library.npy")
    library = np.load(path) if path.exists() else None

    def of(rows):
        return differences([e[rows] for e in expected], None if library is None else library[rows], [n[rows] for n in numbers],
                           entry["probabilities"])
    whole, held = of(slice(None)), of(slice(0, entry["held_out"]))
    result |= dict(zip(("labels", "probability", "error"), held))
    result["class"] = "beside" if grade(*held) == "right" != grade(*whole) else grade(*held)
    for what, arguments in (("setup", [f"{name}.pcm", "-o", name, "--force"]),
                            ("prove", [f"{name}.pk", f"{name}.input.npy", "-o", f"{name}.bin", "--save-output", f"{name}.stated.json"]),
                            ("verify", [f"{name}.vk", f"{name}.bin", "--public", f"{name}.stated.json"])):
        code, said, seconds = command(binary, what, *arguments)
        result[f"{what}_seconds"] = seconds
        if code != 0:
            return result | {"class": "not proved", "why": f"{what}: " + (said.strip().splitlines() or [""])[-1][:300]}
    stated = json.loads(pathlib.Path(f"{name}.stated.json").read_text())["output_data"]
    if stated != found[-len(expected):]:
        return result | {"class": "not proved", "why": "the proof states other outputs than the run"}
    for suffix in (".pk", ".pcm"):  # the large ones
        at.with_name(at.name + suffix).unlink(missing_ok=True)
    return result


FAMILIES = {"linear": "Linear models", "trees": "Trees of scikit-learn", "machines": "Support vectors, neighbours, Bayes, networks, clusters",
            "transformers": "Transformers", "pipelines": "Pipelines", "xgboost": "XGBoost", "lightgbm": "LightGBM"}
VERDICTS = {"right": "right", "beside": "right but beside thresholds", "inexact": "labels right, numbers beyond", "wrong": "wrong labels",
            "refused": "refused", "not proved": "not proved"}


def row_of(result):
    """One line of the page."""
    verdict = VERDICTS[result["class"]]
    if result["class"] in ("beside", "inexact", "wrong"):
        verdict += ", with a warning" if result["warned"] else ", with a note" if result["noted"] else ", without a word"
    measured = []
    if result.get("labels"):
        measured.append(f"{result['labels']} of {result['held_out']} labels")
    if result.get("probability", 0) > PROBABILITY:
        measured.append(f"probabilities by {result['probability']:.3f}")
    if result.get("error", 0) > NUMBER:
        measured.append(f"numbers by {100 * result['error']:.1f} %")
    if "why" in result:
        measured.append(result["why"].split(".onnx: ")[-1].removeprefix("proofcard: error: ").replace("|", "/")[:160])
    export = f"{result['differs']} of {result['rows']} labels" if result["differs"] else ""
    if result["library_off"] > NUMBER:
        export += (", " if export else "") + f"up to {100 * result['library_off']:.0f} %"
    return f"| {result['name']} | {result['data'].replace('_', ' ')} | {verdict} | {'; '.join(measured)} | {export} |"


def page(folder):
    results = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    left_out = [e for e in json.loads((folder / "cases.json").read_text()) if "left_out" in e]
    lines = ["# Models of scikit-learn, XGBoost and LightGBM", "",
             "Every estimator that skl2onnx, or onnxmltools, exports: fitted, exported, compiled by default with training rows, run on held-out rows,",
             "proved and verified once. Made by `scripts/classical_models.sh`, which says what is compared; versions are those of its",
             "`requirements.txt`. \"Right\": every label is onnxruntime's, or the library's where these two differ; probabilities are within 0.01, other",
             "numbers within 1 % (root mean square). Trees and bins are also asked about rows that lie on their thresholds, and one float32 beside them.",
             "\"Export\": where onnxruntime itself differs from the library, which no proof can mend; on rows on thresholds, too, which exporters round to float32.",
             "Estimators of words and dictionaries (CountVectorizer, TfidfVectorizer, DictVectorizer, FeatureHasher) are left out: no proof has words.", "",
             "| | models |", "| --- | --- |"]
    counts = {name: sum(r["class"] == key for r in results) for key, name in VERDICTS.items()}
    lines += [f"| {name} | {number} |" for name, number in counts.items()]
    lines += [f"| not exported by the tools | {len(left_out)} |"]
    for family, title in FAMILIES.items():
        lines += ["", f"## {title}", "", "| estimator | table | | measured | export |", "| --- | --- | --- | --- | --- |"]
        lines += [row_of(r) for r in results if r["family"] == family]
    lines += ["", "## Not exported", "", "| estimator | table | what the tools say |", "| --- | --- | --- |"]
    lines += [f"| {e['name']} | {e['data'].replace('_', ' ')} | {e['left_out'].replace('|', '/')} |" for e in left_out]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["make", "try", "page"])
    parser.add_argument("paths", nargs="+")
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.paths[0])
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    if arguments.what == "make":
        wanted = arguments.paths[1] if len(arguments.paths) > 1 else ""
        entries = {}
        if wanted:
            entries = {e["file"]: e for e in json.loads((folder / "cases.json").read_text())}
        for case in all_cases():
            if wanted in file_name(case):
                entry = make(case, folder)
                entries[entry["file"]] = entry
        (folder / "cases.json").write_text(json.dumps(list(entries.values()), indent=1) + "\n")
        print(f"{sum('left_out' not in e for e in entries.values())} of {len(entries)} models in {folder}")
    elif arguments.what == "try":
        wanted = arguments.paths[2] if len(arguments.paths) > 2 else ""
        results = {}
        path = folder / "results.jsonl"
        if wanted and path.exists():
            results = {r["file"]: r for r in map(json.loads, path.read_text().splitlines())}
        for entry in json.loads((folder / "cases.json").read_text()):
            if wanted in entry["file"] and "left_out" not in entry:
                result = results[entry["file"]] = attempt(entry, folder, arguments.paths[1])
                print(f"{result['class']:10} {'warned' if result['warned'] else '      '} {entry['file']:50} "
                      f"{result.get('labels', 0)} {result.get('probability', 0):.4f} {result.get('error', 0):.4f} "
                      f"{result.get('why', '')[:200]}", flush=True)
                path.write_text("".join(json.dumps(r) + "\n" for r in results.values()))
    else:
        pathlib.Path(arguments.paths[1]).write_text(page(folder))


if __name__ == "__main__":
    main()
