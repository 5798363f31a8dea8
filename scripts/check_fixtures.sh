#!/usr/bin/env bash
# Every file of every format that was ever released: read and verified by this build as its checks.txt says, and with
# another version in its header refused with the version's name.
#
#   check_fixtures.sh PROOFCARD [FOLDER...]     default: all of tests/fixtures/formats
set -uo pipefail
program=$(realpath "$1")
shift
root=$(realpath "$(dirname "$0")/..")
folders=("$@")
[[ ${#folders[@]} -gt 0 ]] || folders=("$root"/tests/fixtures/formats/*/)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/proofcard-fixtures-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
failures=0
checks=0

# check EXIT_CODE TEXT ARGUMENTS...: in the current folder.
check() {
  local code=$1 text=$2 found
  shift 2
  "$program" "$@" > "$scratch/log" 2>&1
  found=$?
  checks=$((checks + 1))
  if [[ $found -ne $code ]] || ! grep -qF -- "$text" "$scratch/log"; then
    echo "$PWD: proofcard $*: expected exit code $code and \"$text\", found exit code $found and:" >&2
    head -3 "$scratch/log" >&2
    failures=$((failures + 1))
  fi
}

for folder in "${folders[@]}"; do
  copy=$scratch/$(basename "$folder")
  cp -r "$folder" "$copy"
  cd "$copy" || exit 2
  mkdir OUT
  while IFS='|' read -r code text arguments; do
    [[ -n $code && $code != \#* ]] || continue
    read -ra words <<< "$arguments"
    check "$code" "$text" "${words[@]}"
    # The same with the version byte of each file in turn.
    for file in "${words[@]}"; do
      [[ $code -eq 0 && $file != OUT/* && $file =~ \.(pcm|pk|vk|bin|commit|opening)$ && -f $file ]] || continue
      cp "$file" "$scratch/kept"
      printf '\372' | dd of="$file" bs=1 seek=7 conv=notrunc status=none
      check 2 "found version 250" "${words[@]}"
      cp "$scratch/kept" "$file"
    done
  done < checks.txt
done
[[ $checks -gt 0 ]] || { echo "check_fixtures: expected fixtures, found none" >&2; exit 2; }
echo "fixtures: $((checks - failures)) of $checks checks hold"
[[ $failures -eq 0 ]]
