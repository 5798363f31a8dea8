#!/usr/bin/env bash
# Runs every fuzz target for SECONDS (default 15) and fails on any finding: a crash, a sanitizer report, more than 10 s or
# 2 GB for one input.
#
#   scripts/fuzz.sh [SECONDS] [BUILD_DIRECTORY]
#
# The corpus grows in BUILD_DIRECTORY/corpus; an input that fails is kept in BUILD_DIRECTORY/findings.
set -euo pipefail

seconds=${1:-15}
root=$(cd "$(dirname "$0")/.." && pwd)
build=${2:-$root/build/fuzz}
clang=${PROOFCARD_CLANG:-clang++-14}

launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER="$clang" "${launcher[@]}" \
  -DCMAKE_CXX_FLAGS="-O1 -gline-tables-only -fsanitize=fuzzer-no-link" -DPROOFCARD_SANITIZE=address,undefined \
  -DPROOFCARD_FUZZ=ON >/dev/null
ninja -C "$build" -j2 fuzz_verify fuzz_key fuzz_graph fuzz_onnx fuzz_files make_corpus >/dev/null

mkdir -p "$build"/corpus/{verify,key,graph,onnx,files} "$build"/findings
"$build/bin/make_corpus" "$build/corpus"
find "$root/examples" -name model.onnx -size -300k -print0 | while IFS= read -r -d '' model; do
  cp "$model" "$build/corpus/onnx/$(basename "$(dirname "$model")").onnx"
done

status=0
for target in verify key graph onnx files; do
  echo "fuzz_$target: $seconds s"
  if ! "$build/bin/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=300000 \
    -artifact_prefix="$build/findings/$target-" -print_final_stats=1 "$build/corpus/$target" >"$build/$target.log" 2>&1; then
    echo "fuzz_$target found something:" >&2
    grep -E "ERROR|runtime error|SUMMARY|Test unit written" "$build/$target.log" >&2 || tail -20 "$build/$target.log" >&2
    status=1
  fi
  grep -E "stat::number_of_executed_units|stat::peak_rss_mb" "$build/$target.log" || true
done
exit $status
