#!/usr/bin/env bash
# Runs every fuzz target, SECONDS (default 60) for all of them together, and fails on any finding: a crash, a sanitizer
# report, more than a minute or 2 GB for one input.
#
#   scripts/fuzz.sh [SECONDS] [BUILD_DIRECTORY]
#
# Seeds: tests/fuzz/corpus.tar.xz, honest files made here, the examples, and for fuzz_onnx the models of
# PROOFCARD_MODEL_DIR where it is given (scripts/make_test_models.sh). The corpus grows in BUILD_DIRECTORY/corpus; an input
# that fails is kept in BUILD_DIRECTORY/findings.
set -euo pipefail

targets=(verify key graph files whir ligero onnx quantize)
seconds=${1:-60}
root=$(cd "$(dirname "$0")/.." && pwd)
build=${2:-$root/build/fuzz}
clang=${PROOFCARD_CLANG:-clang++-14}
jobs=$(nproc)

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_UNITY_BUILD=ON -DCMAKE_CXX_COMPILER="$clang" \
  -DCMAKE_CXX_FLAGS="-O1 -gline-tables-only -fsanitize=fuzzer-no-link" -DPROOFCARD_SANITIZE=address,undefined \
  -DPROOFCARD_FUZZ=ON -DPROOFCARD_TESTS=OFF -DPROOFCARD_BENCHMARKS=OFF -DPROOFCARD_PYTHON=OFF -DPROOFCARD_NPM=OFF \
  -DPROOFCARD_CARD=OFF -DPROOFCARD_RTL=OFF >/dev/null
"$root/scripts/stage.sh" --ninja build "the fuzz targets, $jobs jobs" \
  cmake --build "$build" --parallel "$jobs" --target make_corpus "${targets[@]/#/fuzz_}"

corpus=$build/corpus
mkdir -p "${targets[@]/#/$corpus/}" "$build/findings"
tar -C "$corpus" -xJf "$root/tests/fuzz/corpus.tar.xz"
"$build/bin/make_corpus" "$corpus"
for folder in "$root/examples" ${PROOFCARD_MODEL_DIR:+"$PROOFCARD_MODEL_DIR"}; do
  find "$folder" -name '*.onnx' -size -30k -print0 | while IFS= read -r -d '' model; do
    cp "$model" "$corpus/onnx/$(sha1sum "$model" | cut -c-40)"
  done
done

# One target with its share of the time; the file TARGET.failed says that it found something.
each=$((seconds * jobs / ${#targets[@]} + 1))
fuzz() {
  local target=$1
  rm -f "$build/$target.failed"
  if ! "$build/bin/fuzz_$target" -max_total_time="$each" -timeout=60 -rss_limit_mb=2048 -max_len=100000 \
    -artifact_prefix="$build/findings/$target-" -print_final_stats=1 "$corpus/$target" >"$build/$target.log" 2>&1; then
    touch "$build/$target.failed"
  fi
}
for target in "${targets[@]}"; do
  while [[ $(jobs -rp | wc -l) -ge $jobs ]]; do
    wait -n
  done
  fuzz "$target" &
done
wait

status=0
for target in "${targets[@]}"; do
  units=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$target.log")
  echo "fuzz_$target: $each s, ${units:-?} inputs"
  if [[ -e "$build/$target.failed" ]]; then
    echo "fuzz_$target found something:" >&2
    grep -E "ERROR|runtime error|internal check|SUMMARY|Test unit written" "$build/$target.log" >&2 || tail -20 "$build/$target.log" >&2
    status=1
  fi
done
exit $status
