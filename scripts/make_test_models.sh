#!/usr/bin/env bash
# Makes the ONNX models, with onnxruntime's outputs, that tests/graph_onnx compares with: BUILD_FOLDER/models. Installs pinned
# Python packages into BUILD_FOLDER/venv.
#
#   make_test_models.sh BUILD_FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

build=$1
if [[ -f "$build/models/manifest.json" && "$build/models/manifest.json" -nt tests/models/make_models.py ]]; then
  exit 0
fi
scripts/install_deps.sh --python
mkdir -p "$build"
if [[ ! -x "$build/venv/bin/python3" ]]; then
  python3 -m venv "$build/venv"
fi
"$build/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r examples/requirements.txt
"$build/venv/bin/python3" tests/models/make_models.py "$build/models"
