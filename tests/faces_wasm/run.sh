#!/usr/bin/env bash
# The suites that are compiled to WebAssembly, the tests of the module, and of the page where Chromium is.
#
#   run.sh BUILD_FOLDER [FOLDER_FOR_SCREENSHOTS]
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1
program=$build/bin/proofcard
npm=$build/wasm/npm
while read -r suite filter; do  # what takes minutes with one thread is left out
  scripts/stage.sh test "test_$suite in WebAssembly" \
    node tests/faces_wasm/suites/suite.mjs "$build/wasm/cmake/bin/test_$suite.wasm" "$PWD" --gtest_brief=1 "--gtest_filter=${filter:-*}"
done < tests/faces_wasm/suites/suites.txt
for test in wasm commitments threads; do
  node "tests/faces_wasm/${test}_test.mjs" "$build/wasm/package" "$program" examples
done
tests/circom/install.sh "$npm" tests/faces_wasm
status=0
node tests/faces_wasm/page_test.mjs "$build/wasm/page/index.html" "$program" examples "$npm" "${2:-}" || status=$?
[[ $status -eq 0 || $status -eq 77 ]] || exit "$status"
status=0
node tests/faces_wasm/isolated_test.mjs "$build/wasm/package" "$program" examples "$npm" || status=$?
[[ $status -eq 77 ]] || exit "$status"
