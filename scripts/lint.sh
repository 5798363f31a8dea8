#!/usr/bin/env bash
# clang-tidy with the checks of .clang-tidy on the program's sources.
#
#   lint.sh BUILD_FOLDER [FILE...]    default: everything under host/ that is configured
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-tidy > /dev/null || scripts/install_deps.sh --lint

build=$1
shift
files=("$@")
if [[ ${#files[@]} -eq 0 ]]; then
  # What is configured. Files for one instruction set need compiler flags that clang-tidy's compiler does not share.
  mapfile -t files < <(sed -n "s|^ *\"file\": \"$PWD/\(host/.*\.cpp\)\".*|\1|p" "$build/compile_commands.json" |
    grep -v -e '_avx2\.cpp$' -e '_avx512\.cpp$' | sort -u)
fi
printf '%s\0' "${files[@]}" | xargs -0 -n 4 -P "$(nproc)" clang-tidy -p "$build" --quiet --warnings-as-errors='*'
