#!/usr/bin/env bash
# The demonstration: compile, set up, prove and verify examples/lenet5, then try a forged proof.
#
#   demo.sh PATH/TO/proofcard
set -euo pipefail
export LC_ALL=C

proofcard=$1
example=$(cd "$(dirname "$0")/.." && pwd)/examples/lenet5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { printf '\n\033[1m$ proofcard %s\033[0m\n' "$1"; }
if [[ ! -t 1 ]]; then
  step() { printf '\n$ proofcard %s\n' "$1"; }
fi
# field FILE NAME: a number or text of a report.
field() { sed -n "s/^  \"$2\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$1"; }

step "compile model.onnx -o model.pcm --calibrate samples.json"
"$proofcard" compile "$example/model.onnx" -o "$work/model.pcm" --calibrate "$example/samples.json" --report "$work/compile.json"
step "setup model.pcm -o model"
"$proofcard" setup "$work/model.pcm" -o "$work/model" --report "$work/setup.json"
step "prove model.pk input.json -o proof.bin"
"$proofcard" prove "$work/model.pk" "$example/input.json" -o "$work/proof.bin" --report "$work/prove.json" | tee "$work/prove.txt"
step "verify model.vk proof.bin"
"$proofcard" verify "$work/model.vk" "$work/proof.bin" --report "$work/verify.json"

# ms FILE NAME
ms() { printf '%.1f ms' "$(field "$1" "$2")"; }

# A proof with one bit changed.
cp "$work/proof.bin" "$work/forged.bin"
size=$(stat -c %s "$work/forged.bin")
byte=$(od -An -tu1 -j $((size / 2)) -N 1 "$work/forged.bin" | tr -d ' ')
printf "$(printf '\\x%02x' $((byte ^ 1)))" | dd of="$work/forged.bin" bs=1 seek=$((size / 2)) conv=notrunc status=none
step "verify model.vk forged.bin      # one bit flipped"
code=0
"$proofcard" verify "$work/model.vk" "$work/forged.bin" > "$work/forged.txt" 2>&1 || code=$?
cat "$work/forged.txt"
if [[ $code -ne 1 ]]; then
  echo "demo: expected the forged proof to be rejected with exit code 1, found $code" >&2
  exit 1
fi

prediction=$(sed -n 's/^  largest: index \([0-9]*\).*/\1/p' "$work/prove.txt" | head -n 1)
label=$(tr -d '\n' < "$example/samples.json" | sed -n 's/.*"labels": *\[\([0-9]*\).*/\1/p')
printf '\n'
printf '%-12s %s\n' \
  "prediction" "$prediction (the digit is a $label)" \
  "prove" "$(ms "$work/prove.json" prove_ms)" \
  "verify" "$(ms "$work/verify.json" verify_ms); the key, once a model, $(ms "$work/verify.json" vk_check_ms)" \
  "setup" "$(ms "$work/setup.json" setup_ms)" \
  "proof" "$(field "$work/prove.json" proof_bytes) bytes" \
  "keys" "$(field "$work/setup.json" vk_bytes) bytes (verifier), $(field "$work/setup.json" pk_bytes) bytes (prover)" \
  "memory" "$(($(field "$work/prove.json" peak_rss_bytes) / 1000000)) MB at most" \
  "device" "$(field "$work/prove.json" device), $(field "$work/prove.json" threads) thread(s), $(field "$work/prove.json" isa)" \
  "security" "$(printf '%.0f' "$(field "$work/verify.json" security_bits)") bits, zero knowledge: $(field "$work/verify.json" zero_knowledge)"
if [[ "$prediction" != "$label" ]]; then
  echo "demo: the prediction is wrong" >&2
  exit 1
fi
