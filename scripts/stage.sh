#!/usr/bin/env bash
# Runs one stage of a command of the Makefile and says in one line what it is and how long it took.
#
#   stage.sh [--ninja] NAME NOTE COMMAND [ARGUMENT...]
#
# The command's standard output is shown only when it fails. --ninja: COMMAND is `cmake --build`; a terminal shows its progress
# meanwhile in the stage's line, and what compilers say is always shown.
set -euo pipefail
ninja=
if [[ $1 == --ninja ]]; then
  ninja=1
  shift
fi
name=$1
note=$2
shift 2

log=$(mktemp)
trap 'rm -f "$log"' EXIT
printf '%-10s %-66s' "$name" "$note"
start=${EPOCHREALTIME/[.,]/}
status=0
if [[ -z $ninja ]]; then
  "$@" > "$log" || status=$?
elif [[ -t 1 ]]; then
  NINJA_STATUS="$(printf '%-10s %s' "$name" "$note") [%f/%t] " "$@" || status=$?
  [[ $status -ne 0 ]] || printf '\033[A\r\033[K%-10s %-66s' "$name" "$note"  # in place of ninja's last line
else
  "$@" -- --quiet >&2 || status=$?
fi
took=$(((${EPOCHREALTIME/[.,]/} - start) / 100000))
if [[ $status -ne 0 ]]; then
  printf 'failed\n'
  cat "$log"
  exit "$status"
fi
printf '%6d.%d s\n' $((took / 10)) $((took % 10))
