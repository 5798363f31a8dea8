#!/usr/bin/env bash
# Makes a folder of one small file of every format, and checks.txt: what every later build has to say of them.
#
#   make_fixtures.sh PROOFCARD MAKE_GROTH16_FILES FOLDER     as in
#   make_fixtures.sh build/bin/proofcard build/bin/make_groth16_files tests/fixtures/formats/0.2.0
#
# When: with a release, and in the commit that changes a format (docs/formats.md). Folders of older formats stay; a line of
# theirs changes only from "verifies" to "is refused, naming the version".
set -euo pipefail
program=$(realpath "$1")
make_groth16_files=$(realpath "$2")
examples=$(realpath "$(dirname "$0")/../examples")
mkdir "$3"  # a new one
cd "$3"

cat > checks.txt <<'END'
# exit code | text of the output | arguments of proofcard; OUT is a folder of its own
0|output "|run model.pcm input.json --save-output OUT/output.json
0|verified|verify model.vk proof.bin --input-commitment x.commit --output-commitment y.commit
0|agree|verify public.vk public_proof.bin --allow-no-zk --public public_values.json
0|weights: private|inspect model.vk
0|a proof of|inspect proof.bin
0|opens commitment|open x.commit x.opening
0||prove model.pk --input-opening x.opening -o OUT/proof.bin
0|made for the context 00c0ffee|verify public.vk bound_proof.bin --allow-no-zk --context 00c0ffee
1|found one for 00c0ffee|verify public.vk bound_proof.bin --allow-no-zk
0|2 inputs|verify pair.vk pair_proof.bin
1|rejected|verify public.vk other_proof.bin --allow-no-zk
0||groth16 inspect circuit.zkey
0||groth16 inspect witness.wtns
0||groth16 inspect circuit.r1cs --witness witness.wtns
0||groth16 prove circuit.zkey witness.wtns OUT/proof.json OUT/public.json
0|accepted|groth16 verify groth16_key.json groth16_public.json groth16_proof.json --allow-unsafe-key
END
cp "$examples/diagnosis/input.json" input.json
calibrate=(--calibrate "$examples/diagnosis/samples.json" --bits 8)
"$program" compile "$examples/diagnosis/model.onnx" -o model.pcm "${calibrate[@]}" --input committed --output committed
"$program" setup model.pcm -o model
"$program" commit model.vk input.json -o x
"$program" prove model.pk --input-opening x.opening -o proof.bin --output-opening y
rm -f y.opening
"$program" compile "$examples/diagnosis/model.onnx" -o public.pcm "${calibrate[@]}" --input public --weights public
"$program" setup public.pcm -o public --no-zk
"$program" prove public.pk input.json -o public_proof.bin --no-zk --save-output output.json
"$program" prove public.pk input.json -o bound_proof.bin --no-zk --context 00c0ffee
rm -f public.pk
"$program" compile "$examples/diagnosis/model.onnx" -o pair.pcm "${calibrate[@]}"
"$program" setup pair.pcm -o pair --batch 2
python3 -c 'import json; print(json.dumps({"input_data": 2 * json.load(open("input.json"))["input_data"]}))' > pair.json
"$program" prove pair.pk pair.json -o pair_proof.bin
rm -f public.pcm pair.pcm pair.pk pair.json
# One bit of the last field element: still well-formed, and false.
python3 - <<'END'
import json
values = json.load(open("input.json")) | json.load(open("output.json"))
json.dump(values, open("public_values.json", "w"))
data = bytearray(open("public_proof.bin", "rb").read())
data[-32] ^= 1
open("other_proof.bin", "wb").write(data)
END
rm -f output.json
"$make_groth16_files" .
"$program" groth16 export-vk circuit.zkey groth16_key.json
"$program" groth16 prove circuit.zkey witness.wtns groth16_proof.json groth16_public.json
du -sh .
