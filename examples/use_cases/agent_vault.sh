#!/usr/bin/env bash
# An agent whose vault moves tokens only as its model says: README.md, "An agent's vault". Needs Node (common.sh).
source "$(dirname "$0")/common.sh"
contracts=$examples/use_cases/contracts
use_node

who "Ada trains a model that looks at sixteen prices and says hold, buy or sell. Nobody else sees its weights."
run compile "$examples/use_cases/trading_agent.onnx" -o agent.pcm --input public
powers 18
run chain setup agent.pcm powers.ptau -o agent
run chain export agent.zkey agent.vk -o agent
[[ -n ${QUICK:-} ]] || show chain inspect agent.zkey agent.vk --against agent.pcm --powers powers.ptau

who "A vault on a chain has the prices itself. It says what Ada's next proof has to be made for: her, it, the chain and her turn."
node "$contracts/agent_vault.js" prices >prices.json
context=$(node "$contracts/agent_vault.js" context agent.sol)
echo "  context $context"
run chain prove agent.zkey agent.pk prices.json -o proof.json --context "$context"
run chain verify agent.verifier.json proof.json --context "$context"

who "What the vault does, in an EVM:"
node "$contracts/agent_vault.js" play agent.sol agent.verifier.json proof.json

who "Off the chain the proof is as little good for anything else."
refused chain verify agent.verifier.json proof.json
