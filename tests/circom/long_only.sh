#!/usr/bin/env bash
# Runs a command in the long tests only, that is, with PROOFCARD_LONG=1.
if [[ -z "${PROOFCARD_LONG:-}" ]]; then
  echo "left to the long tests: PROOFCARD_LONG=1"
  exit 0
fi
exec "$@"
