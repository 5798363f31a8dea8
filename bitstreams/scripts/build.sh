#!/usr/bin/env bash
# Builds msm_g1.CARD.xclbin for a card with Vitis: build.sh CARD KERNEL PLATFORM OUT_DIRECTORY
#   CARD      a manifest: u55c, u250, or u55c_groth16, which has the kernels of a Groth16 proof's quotient as well
#   KERNEL    rtl or hls: what is in rtl/, or in hls/
#   PLATFORM  what v++ takes, a platform's name or the path of its .xpfm; "" for the manifest's
# Takes hours. Written after the vendor's documentation; Vitis and Vivado were never run in this project.
set -euo pipefail
if [[ $# -ne 4 ]]; then
  echo "usage: build.sh CARD rtl|hls PLATFORM OUT_DIRECTORY" >&2
  exit 2
fi
card=$1 kernel=$2 platform=$3 out=$4
root=$(cd "$(dirname "$0")/../.." && pwd)
manifest=$root/bitstreams/manifests/$card.json
if [[ ! -f "$manifest" ]]; then
  echo "build.sh: CARD: expected one of $(cd "$root/bitstreams/manifests" && ls ./*.json | sed 's|^./||; s|.json$||' | tr '\n' ' '), found $card" >&2
  exit 2
fi
if [[ "$kernel" != rtl && "$kernel" != hls ]]; then
  echo "build.sh: KERNEL: expected rtl or hls, found $kernel" >&2
  exit 2
fi
field() { sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$manifest"; }
platform=${platform:-$(field platform)}
config=$root/$(field config)

tools=(v++)
[[ "$kernel" == rtl ]] && tools+=(vivado)
missing=()
for tool in "${tools[@]}"; do
  command -v "$tool" > /dev/null || missing+=("$tool")
done
if [[ ${#missing[@]} -ne 0 ]]; then
  echo "build.sh: not in PATH: ${missing[*]}. An xclbin for the $(field card) needs AMD Vitis with the platform $platform (source its settings64.sh); --device sw_emu and hw_emu need neither." >&2
  exit 2
fi

mkdir -p "$out"
out=$(cd "$out" && pwd)
objects=()
for name in $(field kernels); do
  xo=$out/$name.$kernel.xo
  if [[ "$kernel" == hls ]]; then
    # All sources of a kernel are one compilation; hls/compat is left out, Vitis has its own headers.
    v++ --compile --target hw --platform "$platform" --temp_dir "$out/temp" --kernel "$name" -I"$root" \
      --output "$xo" "$root/hls/$name"/*.cpp
  else
    vivado -mode batch -nojournal -log "$out/package_$name.log" -source "$root/bitstreams/scripts/package_rtl.tcl" \
      -tclargs "$root" "$(field part)" "$out/package_$name" "$xo" "$name"
  fi
  objects+=("$xo")
done
v++ --link --target hw --platform "$platform" --config "$config" --temp_dir "$out/temp" \
  --output "$out/msm_g1.$card.xclbin" "${objects[@]}"
echo "$out/msm_g1.$card.xclbin"
