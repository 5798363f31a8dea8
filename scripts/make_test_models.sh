#!/usr/bin/env bash
# Makes the ONNX models, with onnxruntime's outputs, that tests/graph_onnx compares with, and the operator tests of the onnx
# package: BUILD_FOLDER/models. Installs pinned Python packages into BUILD_FOLDER/venv.
#
#   make_test_models.sh BUILD_FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

build=$1
manifest=$build/models/manifest.json  # is written last
if [[ "$manifest" -nt tests/models/make_models.py && "$manifest" -nt scripts/onnx_node_tests.py ]]; then
  exit 0
fi
scripts/install_deps.sh --python
mkdir -p "$build"
if [[ ! -x "$build/venv/bin/python3" ]]; then
  python3 -m venv "$build/venv"
fi
"$build/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r examples/requirements.txt
"$build/venv/bin/python3" scripts/onnx_node_tests.py cases "$build/models/onnx_nodes"
"$build/venv/bin/python3" tests/models/make_models.py "$build/models"
