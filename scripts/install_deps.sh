#!/usr/bin/env bash
# Installs the Debian packages that the project needs, when some are missing: as root, or with sudo. Never asks.
#
#   install_deps.sh            what the tool needs, and no more: a build with these alone leaves out all of cmake/optional.cmake
#   install_deps.sh --test     also what the tests and the emulated card need (scripts/packages-*.txt), and npm, for the tests
#                              with circom
#   install_deps.sh --python   also what scripts/make_vgg16.py, scripts/make_gpt2.py and scripts/make_test_models.sh need
#   install_deps.sh --service  also what proofcard serve needs
#   install_deps.sh --bench-serve  the same, and what make bench-serve needs
#   install_deps.sh --wheel    also what scripts/make_wheel.sh, and pip install ., need
#   install_deps.sh --cluster  also what scripts/cluster_test.sh needs: Slurm
#   install_deps.sh --counts   also what make instruction-counts needs
#   install_deps.sh --wasm     also what scripts/build_wasm.sh needs
#   install_deps.sh --browser  also what the test of the page needs
#   install_deps.sh --aarch64  also what scripts/build_aarch64.sh needs
#   install_deps.sh --fuzz     also what scripts/fuzz.sh needs
#   install_deps.sh --lint     also what make check and make lint need
#   install_deps.sh --fresh    also what scripts/fresh_machine.sh needs
set -euo pipefail

packages=(
  g++ make cmake ninja-build ccache
  libfmt-dev libtbb-dev libmpfr-dev libgmp-dev nlohmann-json3-dev libcli11-dev
  libonnx-dev libprotobuf-dev
)
if [[ "${1:-}" == "--test" ]]; then
  mapfile -t more < <(cat "$(dirname "$0")"/packages-*.txt)
  packages+=("${more[@]}")
elif [[ "${1:-}" == "--python" ]]; then
  packages+=(python3 python3-venv python3-numpy python3-onnx)
elif [[ "${1:-}" == "--service" || "${1:-}" == "--bench-serve" ]]; then
  mapfile -t more < "$(dirname "$0")/packages-service.txt"
  packages+=("${more[@]}")
  [[ "$1" == "--service" ]] || packages+=(apache2-utils curl python3)
elif [[ "${1:-}" == "--wheel" ]]; then
  packages+=(python3 python3-dev python3-venv)
elif [[ "${1:-}" == "--wasm" || "${1:-}" == "--browser" ]]; then
  packages+=(clang-19 lld-19 llvm-19 libclang-rt-19-dev-wasm32 libc++-19-dev-wasm32 libc++abi-19-dev-wasm32 wasi-libc xz-utils
             googletest)
  [[ "$1" == "--wasm" ]] || packages+=(chromium)
elif [[ "${1:-}" == "--aarch64" ]]; then
  packages+=(g++-aarch64-linux-gnu qemu-user)
elif [[ "${1:-}" == "--fuzz" ]]; then
  packages+=(clang libclang-rt-14-dev)
elif [[ "${1:-}" == "--lint" ]]; then
  packages+=(clang-format clang-tidy)
elif [[ "${1:-}" == "--cluster" ]]; then
  packages+=(python3 python3-venv slurmctld slurmd slurm-client munge)
elif [[ "${1:-}" == "--counts" ]]; then
  packages+=(python3 valgrind)
elif [[ "${1:-}" == "--fresh" ]]; then
  packages+=(debootstrap)
elif [[ $# -gt 0 ]]; then
  echo "install_deps.sh: unknown option $1" >&2
  exit 2
fi

# Other builds of Node bring their own npm, which Debian's package would be in the way of.
if [[ "${1:-}" =~ ^--(test|wasm|browser)$ ]] && ! command -v npm > /dev/null; then
  packages+=(nodejs npm)
fi

if ! command -v dpkg-query > /dev/null; then
  echo "install_deps.sh: this is not a Debian system; install by other means: ${packages[*]}" >&2
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  if [[ "$(dpkg-query -W -f '${Status}' "$package" 2> /dev/null || true)" != "install ok installed" ]]; then
    missing+=("$package")
  fi
done
if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi

run=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo > /dev/null; then
    echo "install_deps.sh: these packages are missing, and installing them takes root: ${missing[*]}" >&2
    exit 1
  fi
  run=(sudo -n)
fi
stage=$(dirname "$0")/stage.sh
quiet=(sh -c 'exec "$@" 2>&1' sh)  # what apt says is shown only when it fails
echo "installing: ${missing[*]}"
"$stage" packages "lists" "${quiet[@]}" "${run[@]}" apt-get update -qq
"$stage" packages "${#missing[@]}, and what they need" \
  "${quiet[@]}" "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
