#!/usr/bin/env bash
# Lists the C++ files that clang-format would change, and fails if there are any; --fix changes them.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-format > /dev/null || scripts/install_deps.sh --lint

mapfile -t files < <(find host include tests hls sim examples \( -name '*.cpp' -o -name '*.hpp' \) -type f | sort)
if [[ "${1:-}" == "--fix" ]]; then
  clang-format -i "${files[@]}"
  exit 0
fi
bad=()
for file in "${files[@]}"; do
  if ! clang-format --dry-run -Werror "$file" > /dev/null 2>&1; then
    bad+=("$file")
  fi
done
if [[ ${#bad[@]} -gt 0 ]]; then
  printf 'not formatted: %s\n' "${bad[@]}" >&2
  echo "make format changes them" >&2
  exit 1
fi
echo "format: ${#files[@]} files are fine"
