#!/usr/bin/env bash
# Builds msm_g1.CARD.xclbin for a card with Vitis: build.sh CARD KERNEL PLATFORM OUT_DIRECTORY
#   CARD      a manifest: u55c, u250, or u55c_groth16, which has the kernels of a Groth16 proof's quotient as well
#   KERNEL    rtl: what is in rtl/; hls is refused, with the reasons
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
# What Vitis HLS would refuse, or build with longer intervals than the kernels' headers say, as far as reading tells: it was never run.
if [[ "$kernel" == hls ]]; then
  cat >&2 << 'REASONS'
build.sh: KERNEL: expected rtl, found hls: the kernels of hls/ are models that sw_emu runs; Vitis HLS would not build them as they are:
  - buckets and their occupancy are bound to distributed RAM as if it had two ports that write
  - loops over buckets, folds and transforms make more accesses an iteration than a memory has ports, so an interval of 1 is not reached
  - the ring of sums has 128 places, and an adder in it may take about 200 cycles
  - `allocation` pragmas do not reach the functions that are called
  - pointers to pointers of m_axi ports, arrays of structs that are not aggregated
  - beats are read one by one, not in bursts
REASONS
  exit 2
fi
field() { sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$manifest"; }
platform=${platform:-$(field platform)}
config=$root/$(field config)

tools=(v++ vivado)
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
  vivado -mode batch -nojournal -log "$out/package_$name.log" -source "$root/bitstreams/scripts/package_rtl.tcl" \
    -tclargs "$root" "$(field part)" "$out/package_$name" "$xo" "$name"
  objects+=("$xo")
done
v++ --link --target hw --platform "$platform" --config "$config" --temp_dir "$out/temp" \
  --output "$out/msm_g1.$card.xclbin" "${objects[@]}"
echo "$out/msm_g1.$card.xclbin"
