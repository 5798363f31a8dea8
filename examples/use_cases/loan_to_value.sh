#!/usr/bin/env bash
# A risk parameter of four markets that a contract takes only with a proof: README.md, "A parameter that is proved". Needs Node (common.sh).
source "$(dirname "$0")/common.sh"
contracts=$examples/use_cases/contracts
use_node

who "A risk manager's model says of 32 prices how much of a collateral's worth may be borrowed. One proof is for four markets."
run compile "$examples/use_cases/loan_to_value.onnx" -o model.pcm --input public --calibrate "$examples/use_cases/loan_to_value_samples.json"
powers 18
run chain setup model.pcm powers.ptau -o model --batch 4 --digest
run chain export model.zkey model.vk -o model
[[ -n ${QUICK:-} ]] || show chain inspect model.zkey model.vk --against model.pcm --powers powers.ptau

who "The contract has the prices of all markets, and says what the next proof has to be made for."
node "$contracts/loan_to_value.js" prices >prices.json
context=$(node "$contracts/loan_to_value.js" context model.sol model.verifier.json)
run chain prove model.zkey model.pk prices.json -o proof.json --context "$context"
run chain verify model.verifier.json proof.json --context "$context"

who "What the contract does, in an EVM. It puts its own prices and the outputs that it is told into one list, whose digest the circuit has."
node "$contracts/loan_to_value.js" play model.sol model.verifier.json proof.json

who "Another output than the proof's is noticed off the chain, too."
node -e 'const p = JSON.parse(require("fs").readFileSync("proof.json")); p.values[2] = String(Number(p.values[2]) + 1); delete p.calldata; console.log(JSON.stringify(p))' >forged.json
refused chain verify model.verifier.json forged.json --context "$context"
