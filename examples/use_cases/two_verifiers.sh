#!/usr/bin/env bash
# A diagnosis that a clinic and an insurer check, of measurements that neither of them sees: README.md, "Two verifiers".
source "$(dirname "$0")/common.sh"
model=$examples/diagnosis/model.onnx

who "The clinic's model, its weights hidden, takes measurements that are committed to; the key is for everybody."
run compile "$model" -o diagnosis.pcm --calibrate "$examples/diagnosis/samples.json" --input committed
run setup diagnosis.pcm -o diagnosis

who "The laboratory measures, publishes the commitment, and gives the patient its opening."
sample diagnosis 0 >patient.json
run commit diagnosis.vk patient.json -o patient

who "The patient has the diagnosis proved about just these measurements."
run prove diagnosis.pk --input-opening patient.opening -o diagnosis.proof --save-output diagnosis.json
cat diagnosis.json | sed 's/^/  /'

for verifier in clinic insurer; do
  who "The $verifier has the key, the proof and the laboratory's commitment, and no measurement."
  run verify diagnosis.vk diagnosis.proof --input-commitment patient.commit
  echo "  accepted"
done

who "Somebody has other measurements proved: they are not those that the laboratory committed to."
sample diagnosis 1 >other.json
run commit diagnosis.vk other.json -o other
run prove diagnosis.pk --input-opening other.opening -o other.proof
refused verify diagnosis.vk other.proof --input-commitment patient.commit

who "A doctor whom the patient trusts with the opening sees the measurements, and that they are the committed ones."
show open patient.commit patient.opening
