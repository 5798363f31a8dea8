#!/usr/bin/env bash
# A network written in circom: its own key from the powers of tau, a proof, snarkjs' verdict and a contract's: README.md, "A network of
# circom". Needs Node (common.sh).
source "$(dirname "$0")/common.sh"
tests=$examples/../tests/circom
use_node

who "A dense layer, ReLU and a dense layer of circomlib-ml, compiled by circom, with a witness."
# circom sees only what is below its working folder.
compiled=$(mktemp -d "$node_folder/compiled.XXXXXX")
trap 'rm -rf "$work" "$compiled"' EXIT
cp "$tests/circuits/layers.circom" "$compiled"
(cd "$node_folder" && other circom2 "${compiled##*/}/layers.circom" -l node_modules --O2 --r1cs --wasm -o "${compiled##*/}")
mv "$compiled"/layers.r1cs "$compiled"/layers_js .
other snarkjs wtns calculate layers_js/layers.wasm "$tests/circuits/layers.json" layers.wtns
show groth16 inspect layers.r1cs --witness layers.wtns

who "Powers of tau: here a small ceremony of snarkjs; a file of a public one serves as well."
powers 11

who "The circuit's key: no Node is needed for it. snarkjs finds nothing wrong with it."
run groth16 setup layers.r1cs powers.ptau -o layers.zkey --name us
show groth16 verify-key layers.r1cs powers.ptau layers.zkey
other snarkjs powersoftau prepare phase2 powers.ptau prepared.ptau
other snarkjs zkey verify layers.r1cs prepared.ptau layers.zkey
grep -o 'ZKey Ok!' other.txt | sed 's/^/  snarkjs: /'

who "Proved here; verified here, by snarkjs and by a contract in an EVM."
run groth16 prove layers.zkey layers.wtns proof.json public.json
run groth16 export-vk layers.zkey vk.json
run groth16 verify vk.json public.json proof.json
other snarkjs groth16 verify vk.json public.json proof.json
run groth16 export-verifier layers.zkey -o Verifier.sol
other node "$tests/evm_verify.js" Verifier.sol proof.json public.json
sed 's/^/  contract: /' other.txt

who "Another score than the network's is refused by all three."
sed '0,/"[0-9]*"/s//"7"/' public.json >forged.json
refused groth16 verify vk.json forged.json proof.json
if snarkjs groth16 verify vk.json forged.json proof.json >/dev/null 2>&1; then
  echo "snarkjs took it" >&2
  exit 1
fi
other node "$tests/evm_verify.js" Verifier.sol proof.json forged.json
sed 's/^/  contract: /' other.txt
grep -q rejected other.txt
