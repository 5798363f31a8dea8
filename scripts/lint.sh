#!/usr/bin/env bash
# clang-tidy with the checks of .clang-tidy on the program's sources.
#
#   lint.sh BUILD_FOLDER [FILE...]    default: everything under host/
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-tidy > /dev/null || scripts/install_deps.sh --lint

build=$1
shift
files=("$@")
if [[ ${#files[@]} -eq 0 ]]; then
  # Files for one instruction set need compiler flags that clang-tidy's compiler does not share.
  mapfile -t files < <(find host -name '*.cpp' ! -name '*_avx2.cpp' ! -name '*_avx512.cpp' -type f | sort)
fi
printf '%s\0' "${files[@]}" | xargs -0 -n 4 -P "$(nproc)" clang-tidy -p "$build" --quiet --warnings-as-errors='*'
