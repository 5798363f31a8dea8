"""Fits a scikit-learn pipeline to wines and writes model.onnx, input.json, samples.json and features.json here."""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
import model_files as files  # noqa: E402
import tabular  # noqa: E402

SEED = 33
HELD = 60
COLOUR = ["color_intensity", "hue", "od280/od315_of_diluted_wines"]


def main():
    data = load_wine()
    names = list(data.feature_names)
    x = data.data.astype(np.float32)
    train, held = tabular.split(data.target, HELD, np.random.default_rng(SEED))
    colour = [names.index(name) for name in COLOUR]
    chemistry = [i for i in range(len(names)) if i not in colour]
    model = make_pipeline(
        ColumnTransformer([("chemistry", StandardScaler(), chemistry), ("colour", MinMaxScaler(), colour)]), SVC())
    model.fit(x[train], data.target[train])
    exported = to_onnx(model, initial_types=[("input", FloatTensorType([None, x.shape[1]]))], target_opset=files.OPSET,
                       options={id(model): {"zipmap": False}})
    onnx.save(exported, FOLDER / "model.onnx")
    rows = files.round_rows(x[held], 3)
    files.write_samples(FOLDER, rows, data.target[held])
    (FOLDER / "features.json").write_text(json.dumps(
        {"names": names, "output": "the cultivar, 0 to 2; how each of the three is scored"}, indent=1) + "\n")
    session = onnxruntime.InferenceSession(str(FOLDER / "model.onnx"), providers=["CPUExecutionProvider"])
    labels = session.run(None, {"input": np.array(rows, np.float32)})[0]
    print(f"support vectors: {len(model[-1].support_)} of {len(train)} rows")
    print(f"held-out rows right: {(labels == data.target[held]).sum()} of {len(held)}; as scikit-learn: "
          f"{(labels == model.predict(np.array(rows, np.float32))).sum()}")


if __name__ == "__main__":
    main()
