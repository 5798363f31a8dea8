#!/usr/bin/env bash
# Checks rtl/ with SystemVerilog front ends (scripts/lint_rtl.py), which it installs, pinned, into BUILD_FOLDER/venv.
#
#   lint_rtl.sh BUILD_FOLDER    a configured build folder with Verilator; exit 77 where Python packages cannot be installed
set -euo pipefail
cd "$(dirname "$0")/.."

build=$1
scripts/install_deps.sh --python
if [[ ! -x "$build/venv/bin/python3" ]]; then
  python3 -m venv "$build/venv"
fi
"$build/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r scripts/requirements-rtl.txt || exit 77
"$build/venv/bin/python3" tests/scripts/lint_rtl_test.py
"$build/venv/bin/python3" scripts/lint_rtl.py "$build"
