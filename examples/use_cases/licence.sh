#!/usr/bin/env bash
# Who pays for a licensed model checks that it is the one that answers: README.md, "Licence".
source "$(dirname "$0")/common.sh"

who "The owner sets up the model that is licensed, and writes its digest into the licence. The weights stay hidden."
run compile "$examples/lenet5/model.onnx" -o licensed.pcm --name lenet5 --calibrate "$examples/lenet5/samples.json"
run setup licensed.pcm -o licensed
licensed=$(digest licensed.vk)
echo "  licensed: $licensed"

who "The provider answers with proofs; the customer checks them with the key of that digest."
run prove licensed.pk "$examples/lenet5/input.json" -o answer.proof
[[ $(digest licensed.vk) == "$licensed" ]]
run verify licensed.vk answer.proof
echo "  accepted: the licensed model gave this answer"

who "A provider saves money: a simpler network that reads the same digits, under the licensed model's name."
run compile "$examples/mlp/model.onnx" -o cheap.pcm --name lenet5 --calibrate "$examples/mlp/samples.json"
run setup cheap.pcm -o cheap
run prove cheap.pk "$examples/mlp/input.json" -o cheap.proof
refused verify licensed.vk cheap.proof

who "A key of his own beside his proof does not help him: its digest is not that of the licence."
cheap=$(digest cheap.vk)
echo "  served:   $cheap"
[[ $cheap != "$licensed" ]]

who "An auditor to whom the owner shows the model sees that the licensed key is that model's circuit."
show inspect licensed.vk --against "$examples/lenet5/model.onnx"
