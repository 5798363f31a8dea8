#!/usr/bin/env bash
# Tests proofcard.cluster, from the wheel in BUILD_FOLDER/wheel (make wheel), on clusters of Ray on this machine, and the job array of
# packaging/ under Slurm's programs where they are (install_deps.sh --cluster).
#
#   cluster_test.sh BUILD_FOLDER [PYTEST_OPTION ...]    exit 77 where Python packages cannot be installed
#
# Ray and what it needs are half a gigabyte, so this is no part of .ci/run.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$1
shift
requirements=tests/cluster/requirements.txt
environment=$build/wheel/cluster
wheel=$(echo "$build"/wheel/proofcard-*.whl)
[[ -f $wheel ]] || { echo "$build/wheel: expected a wheel (make wheel), found none" >&2; exit 1; }
if [[ ! $environment/complete -nt $requirements ]]; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements" || exit 77
  touch "$environment/complete"
fi
"$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps --force-reinstall "$wheel"
# From another folder and without the tree on the path: what is tested is what was installed.
tests=$PWD/tests/cluster
[[ -x $build/bin/proofcard ]] && export PROOFCARD=$PWD/$build/bin/proofcard
cd "$environment"
exec bin/python -I -m pytest -q -p no:cacheprovider -c "$tests/../../pyproject.toml" --rootdir "$tests" "$@" "$tests"
