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

# Five inputs in one proof, whose values stand in it by a digest; and one more proof, of other inputs.
rows() { sed -e 's/^{"input_data": *\[\[//' -e 's/\]\].*//' -e 's/\], *\[/\n/g' "$model/samples.json"; }
table() { printf '{"input_data": [%s]}\n' "$(rows | sed -n "$1p" | sed 's/.*/[&]/' | paste -sd,)"; }
table 1,5 > five.json
table 6,10 > others.json
"$proofcard" chain setup m.pcm powers.ptau -o b --batch 5 --digest
"$proofcard" chain inspect b.zkey b.vk --against m.pcm --powers powers.ptau
"$proofcard" chain export b.zkey b.vk -o b
export NODE_PATH="$npm"
batch_test() { node "$here/chain_batch_test.js" "$1" "$here/../../packaging/contracts" b.sol b.verifier.json "${@:2}"; }
context=$(batch_test context)
"$proofcard" chain prove b.zkey b.pk five.json -o five.proof --context "$context"
"$proofcard" chain prove b.zkey b.pk others.json -o others.proof --context "$context" --batch 5
"$proofcard" run m.pcm five.json --save-output five.outputs
batch_test play five.proof five.outputs others.proof
"$proofcard" chain verify b.verifier.json five.proof --context "$context"
for lie in 'p.values.push("0")' 'p.values.pop()' 'p.values.reverse()' 'p.context = "1"' 'delete p.values; delete p.context' 'p.values[4] = String(Number(p.values[4]) + 1)'; do
  node -e "const p = JSON.parse(require('fs').readFileSync('five.proof')); delete p.calldata; $lie; console.log(JSON.stringify(p))" > lie.proof
  status=0
  "$proofcard" chain verify b.verifier.json lie.proof --context "$context" || status=$?
  [[ $status -eq 1 ]] || { echo "$lie: expected exit code 1, found $status" >&2; exit 1; }
done
status=0
"$proofcard" chain verify b.verifier.json five.proof || status=$?
[[ $status -eq 1 ]]
