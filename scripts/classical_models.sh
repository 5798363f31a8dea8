#!/usr/bin/env bash
# Compares models of scikit-learn, XGBoost and LightGBM with the libraries themselves, proves them, and writes the page of results.
# Some 250 models, so it takes long. Installs pinned packages into FOLDER/venv.
#
#   classical_models.sh FOLDER BINARY [PAGE]      PAGE: docs/classical-models.md unless given
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

folder=$1
binary=$(realpath "$2")
page=${3:-$here/../docs/classical-models.md}
"$here/install_deps.sh" --python
mkdir -p "$folder"
if [[ ! -x "$folder/venv/bin/python3" ]]; then
  python3 -m venv "$folder/venv"
fi
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/classical_models/requirements.txt"
run() { "$folder/venv/bin/python3" "$here/classical_models/classical_models.py" "$@"; }
run make "$folder/cases"
run try "$folder/cases" "$binary"
run page "$folder/cases" "$page"
