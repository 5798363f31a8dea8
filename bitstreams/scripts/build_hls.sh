#!/usr/bin/env bash
# Builds an xclbin of the HLS kernel for a card with Vitis: build_hls.sh u55c|u250 PLATFORM OUT_DIRECTORY
# PLATFORM is what v++ takes: a platform's name or the path of its .xpfm. Takes hours. Written after the vendor's documentation; Vitis is not
# part of this project's tests.
set -euo pipefail
if [[ $# -ne 3 ]]; then
  echo "usage: build_hls.sh u55c|u250 PLATFORM OUT_DIRECTORY" >&2
  exit 2
fi
card=$1 platform=$2 out=$3
root=$(cd "$(dirname "$0")/../.." && pwd)
config=$root/bitstreams/platforms/$card.cfg
if [[ ! -f "$config" ]]; then
  echo "build_hls.sh: expected u55c or u250, found $card" >&2
  exit 2
fi
if ! command -v v++ > /dev/null; then
  echo "build_hls.sh: v++ is not in PATH. Building for a card needs AMD Vitis with a platform for it; --device sw_emu needs neither." >&2
  exit 2
fi
mkdir -p "$out"
sources=()
for source in "$root"/hls/msm_g1/*.cpp; do
  sources+=("$source")
done
# All sources of a kernel are one compilation; hls/compat is left out, Vitis has its own headers.
v++ --compile --target hw --platform "$platform" --temp_dir "$out/temp" --kernel msm_g1 -I"$root" \
  --output "$out/msm_g1.xo" "${sources[@]}"
v++ --link --target hw --platform "$platform" --config "$config" --output "$out/msm_g1.$card.xclbin" "$out/msm_g1.xo"
echo "$out/msm_g1.$card.xclbin"
