#!/usr/bin/env bash
# A table of applicants is scored with one proof: README.md, "A table with one proof". ROWS sets its length.
source "$(dirname "$0")/common.sh"
rows=${ROWS:-64}

who "The bank's model, gradient-boosted trees with hidden weights, for $rows applicants at once."
run compile "$examples/credit_trees/model.onnx" -o credit.pcm --calibrate "$examples/credit_trees/samples.json"
run setup credit.pcm -o credit --batch "$rows"

who "All are scored, and one proof says that each score is the model's. Their data stay with the bank."
samples credit_trees "$rows" >table.json
run prove credit.pk table.json -o table.proof --save-output scores.json --report report.json
run verify credit.vk table.proof --public scores.json --report verified.json

# field FILE NAME: a number of a report.
field() { sed -n "s/^  \"$2\": \([0-9.]*\).*/\1/p" "$1"; }
awk -v rows="$rows" -v prove="$(field report.json prove_ms)" -v verify="$(field verified.json verify_ms)" \
  -v bytes="$(field report.json proof_bytes)" 'BEGIN {
  printf "  %d rows: proved in %.0f ms, verified in %.1f ms, %d bytes; a row: %.1f ms and %.0f bytes\n", rows, prove, verify,
    bytes, prove / rows, bytes / rows }'

who "A score that was changed afterwards is noticed."
sed '0,/"output_data": *\[\[\[*[0-9]/s/\("output_data": *\[\[*\)\([0-9]\)/\19\2/' scores.json >forged.json
refused verify credit.vk table.proof --public forged.json
