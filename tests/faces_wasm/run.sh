#!/usr/bin/env bash
# The tests of the module, and of the page where Chromium is.
#
#   run.sh BUILD_FOLDER [FOLDER_FOR_SCREENSHOTS]
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1
program=$build/bin/proofcard
npm=$build/wasm/npm
node tests/faces_wasm/wasm_test.mjs "$build/wasm/package" "$program" examples
tests/circom/install.sh "$npm" tests/faces_wasm
status=0
node tests/faces_wasm/page_test.mjs "$build/wasm/page/index.html" "$program" examples "$npm" "${2:-}" || status=$?
[[ $status -eq 77 ]] || exit "$status"
