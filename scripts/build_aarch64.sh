#!/usr/bin/env bash
# Builds everything but cards and the service for Linux on aarch64 with Debian's cross compiler, and runs the tests of the arithmetic, the
# prover and the verifier under QEMU's user mode: that the code is right there, not how fast it is.
#
#   build_aarch64.sh BUILD_FOLDER      in which `make build` has made the program of this machine; all goes into BUILD_FOLDER/aarch64
#
# Then both programs prove with one seed: keys and proofs have to be the same, byte for byte, and each verifies the other's.
set -euo pipefail
cd "$(dirname "$0")/.."
native=$(cd "$1/bin" && pwd)/proofcard
out=$(mkdir -p "$1/aarch64" && cd "$1/aarch64" && pwd)
jobs=${JOBS:-$(nproc)}
stage=scripts/stage.sh
sysroot=$out/sysroot
packages=(
  libfmt-dev libtbb-dev libmpfr-dev libgmp-dev nlohmann-json3-dev libcli11-dev libonnx-dev libprotobuf-dev libgtest-dev libgmock-dev
)
suites=(base field curve hash transcript tensor circuit kernels sumcheck lookup relation pcs zk statement graph compile prover soundness)

# The packages for aarch64 and all that they need, unpacked; the machine's own lists and packages stay as they are.
make_sysroot() {
  local release=bookworm state=$out/apt
  rm -rf "$state" "$sysroot" && mkdir -p "$state"/{parts,lists/partial,cache/archives/partial} "$sysroot.part"
  : > "$state/status"
  local options=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$state/parts" -o "Dir::State=$state"
                 -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache" -o APT::Architecture=arm64
                 -o APT::Architectures::=arm64 -o APT::Sandbox::User=root)
  apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' |
    sed -n "s/^\([^ ]* $release[^ ]*\) main Debian\$/deb [arch=arm64] \1 main/p" | sort -u > "$state/parts/debian.list"
  apt-get "${options[@]}" -qq update
  apt-get "${options[@]}" -qq -y install --download-only --no-install-recommends "${packages[@]}" > /dev/null
  local file
  for file in "$state"/cache/archives/*.deb; do
    dpkg -x "$file" "$sysroot.part"
  done
  mv "$sysroot.part" "$sysroot" && rm -rf "$state"
}

[[ -d $sysroot ]] || make_sysroot
cmake --preset release -B "$out/build" -DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/aarch64.cmake" -DPROOFCARD_SYSROOT="$sysroot" \
  -DPROOFCARD_TESTS=ON -DPROOFCARD_{BENCHMARKS,PYTHON,MODULE,SERVICE,NPM,CARD,RTL}=OFF > "$out/configure.log"
"$stage" --ninja build "for aarch64, $jobs jobs" \
  cmake --build "$out/build" --parallel "$jobs" --target proofcard "${suites[@]/#/test_}"

emulated=(qemu-aarch64 -L "$sysroot")
failed=()
for suite in "${suites[@]}"; do
  # What starts the program through a shell cannot do so here.
  "$stage" test "test_$suite" "${emulated[@]}" "$out/build/bin/test_$suite" --gtest_brief=1 '--gtest_filter=-ToolPrivacy.*' ||
    failed+=("test_$suite")
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
example=examples/diagnosis
# prove NAME PROGRAM...: model, keys and proof of one seed.
prove() {
  local name=$1
  shift
  "$@" compile $example/model.onnx -o "$work/$name.pcm" --calibrate $example/samples.json --name diagnosis > /dev/null
  "$@" setup "$work/$name.pcm" -o "$work/$name" --no-zk > /dev/null 2>&1
  "$@" prove "$work/$name.pk" $example/input.json -o "$work/$name.bin" --seed 7 --no-zk > /dev/null 2>&1
}
prove here "$native"
prove there "${emulated[@]}" "$out/build/bin/proofcard"
for file in pcm vk bin; do
  cmp "$work/here.$file" "$work/there.$file" || failed+=(".$file of both processors")
done
"$native" verify "$work/here.vk" "$work/there.bin" --allow-seeded --allow-no-zk > /dev/null || failed+=("verify of the proof of aarch64")
"${emulated[@]}" "$out/build/bin/proofcard" verify "$work/there.vk" "$work/here.bin" --allow-seeded --allow-no-zk > /dev/null ||
  failed+=("verify on aarch64")
if [[ ${#failed[@]} -gt 0 ]]; then
  printf 'aarch64: failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "aarch64: ${#suites[@]} suites pass, and keys and proofs of both processors are the same bytes"
