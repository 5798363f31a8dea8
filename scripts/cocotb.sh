#!/usr/bin/env bash
# Kernels under cocotb (tests/cocotb), whose Python packages it installs, pinned, into BUILD_FOLDER/venv.
#
#   cocotb.sh BUILD_FOLDER [KERNEL ...]    exit 77 where Python packages cannot be installed
set -euo pipefail
cd "$(dirname "$0")/.."

build=$1
shift
scripts/install_deps.sh --python
if [[ ! -x "$build/venv/bin/python3" ]]; then
  python3 -m venv "$build/venv"
fi
"$build/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r scripts/requirements-cocotb.txt || exit 77
PYTHONDONTWRITEBYTECODE=1 "$build/venv/bin/python3" tests/cocotb/run.py "$build" "$@"
