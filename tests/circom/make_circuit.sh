#!/usr/bin/env bash
# Makes everything that one circuit is tested with: compiles it with circom, calculates its witness, makes a key, a proof
# of snarkjs, and the Solidity verifier that snarkjs exports.
#
#   make_circuit.sh NODE_FOLDER CIRCUIT.circom INPUT.json KEY OUT_FOLDER
#
# KEY is a number: the key comes from snarkjs, from a ceremony for up to 2^KEY constraints, which circuits share whose
# OUT_FOLDERs are in one folder. Or the program make_test_key, for circuits that are too large for that.
# The ceremony's secrets are in this file: its keys are for tests. Results are kept: a folder that is complete and newer
# than its sources is not made again.
set -euo pipefail

node_folder="$1"
circuit="$2"
input="$3"
key="$4"
out="$5"

if [[ -f "$out/complete" && "$out/complete" -nt "$circuit" && "$out/complete" -nt "$input" && "$out/complete" -nt "$0" ]]; then
  exit 0
fi
rm -rf "$out"
mkdir -p "$out"
PATH="$node_folder/node_modules/.bin:$PATH"
run() {
  if ! "$@" > "$out/log.txt" 2>&1; then
    cat "$out/log.txt" >&2
    exit 1
  fi
}

# circom sees only what is below its working folder.
# The tests of circomlib-ml name its circuits by their place in the package.
sed 's|"../../circuits/|"circomlib-ml/circuits/|' "$circuit" > "$node_folder/circuit-$$.circom"
trap 'rm -f "$node_folder/circuit-$$.circom"' EXIT
(cd "$node_folder" && run circom2 "circuit-$$.circom" -l node_modules --O2 --r1cs --wasm -o .)
mv "$node_folder/circuit-$$.r1cs" "$out/circuit.r1cs"
mv "$node_folder/circuit-$$_js" "$out/calculator"
cd "$out"
run snarkjs wtns calculate calculator/*.wasm "$input" witness.wtns
run snarkjs wtns check circuit.r1cs witness.wtns

if [[ "$key" =~ ^[0-9]+$ ]]; then
  tau="../tau_$key.ptau"
  if [[ ! -f "$tau" ]]; then
    run snarkjs powersoftau new bn128 "$key" tau_0.ptau
    run snarkjs powersoftau contribute tau_0.ptau tau_1.ptau -n=test "-e=a secret that is in this file"
    run snarkjs powersoftau prepare phase2 tau_1.ptau tau_2.ptau
    mv tau_2.ptau "$tau"
    rm -f tau_0.ptau tau_1.ptau
  fi
  run snarkjs groth16 setup circuit.r1cs "$tau" circuit_0.zkey
  run snarkjs zkey contribute circuit_0.zkey circuit.zkey -n=test "-e=another secret that is in this file"
else
  run "$key" circuit.r1cs circuit.zkey
fi
run snarkjs zkey export verificationkey circuit.zkey vk.json
run snarkjs zkey export solidityverifier circuit.zkey verifier.sol
run snarkjs groth16 prove circuit.zkey witness.wtns snarkjs_proof.json snarkjs_public.json
rm -f log.txt
touch complete
