#!/usr/bin/env bash
# chain.sh NPM_FOLDER PROOFCARD MAKE_TEST_POWERS MODEL_FOLDER FOLDER: a chain proof of an example's model, before snarkjs and in an EVM.
set -euo pipefail

npm="$(cd "$1" && pwd)/node_modules"
proofcard="$2"
make_test_powers="$3"
model="$4"
here="$(cd "$(dirname "$0")" && pwd)"
rm -rf "$5"
mkdir -p "$5"
cd "$5"

"$proofcard" compile "$model/model.onnx" -o m.pcm --calibrate "$model/samples.json"
"$make_test_powers" 18 powers.ptau
"$proofcard" chain setup m.pcm powers.ptau -o m --r1cs m.r1cs
"$proofcard" chain export m.zkey m.vk -o m
"$proofcard" chain prove m.zkey m.pk "$model/input.json" -o proof.json --public public.json
"$proofcard" run m.pcm "$model/input.json" --save-output outputs.json

"$npm/.bin/snarkjs" r1cs info m.r1cs
"$npm/.bin/snarkjs" groth16 verify m.verifier.json public.json proof.json | tee said
grep -q "OK!" said
NODE_PATH="$npm" node "$here/chain_test.js" m.verifier.json m.sol proof.json outputs.json
