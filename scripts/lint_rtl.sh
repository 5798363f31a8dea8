#!/usr/bin/env bash
# Checks rtl/ with SystemVerilog front ends (scripts/lint_rtl.py), and the lists of its files that package managers of hardware read
# (scripts/hardware_lists.py): FuseSoC lints each kernel by proofcard.core, Bender lists the files where it is installed. Python packages go,
# pinned, into BUILD_FOLDER/venv.
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

scripts/hardware_lists.py --check
kernels=$(cd bitstreams/abi && ls ./*.kernel.xml | sed "s|./||; s|.kernel.xml||")
for top in $kernels; do
  "$build/venv/bin/fusesoc" --cores-root . run --target "lint_$top" --work-root "$build/fusesoc/$top" proofcard:rtl:kernels \
    >"$build/fusesoc-$top.log" 2>&1 || { cat "$build/fusesoc-$top.log"; exit 1; }
done
if command -v bender >/dev/null; then
  bender script verilator >"$build/bender.f"
  for top in $kernels; do
    verilator --lint-only -Wall --assert +define+SYNTHESIS rtl/lint.vlt -f "$build/bender.f" --top-module "$top"
  done
else
  echo "lint-rtl: Bender.yml agrees with rtl/, but bender did not read it: it is not installed (cargo install bender --version 0.28.2)"
fi
echo "lint-rtl: lists of files agree with rtl/"
