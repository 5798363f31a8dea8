#!/usr/bin/env bash
# A borrower shows that his risk is at most a public bound, and not his risk: README.md, "A bound instead of a score".
source "$(dirname "$0")/common.sh"
model=$examples/use_cases/risk_bound.onnx

who "The model says 1 when the risk is at most 0.4. Its weights and what comes before that last step stay hidden."
run compile "$model" -o risk.pcm --calibrate "$examples/credit/samples.json"
run setup risk.pcm -o risk

# prove_applicant NUMBER: writes NUMBER.json, .proof and .out
prove_applicant() {
  sample credit "$1" >"$1.json"
  run prove risk.pk "$1.json" -o "$1.proof" --save-output "$1.out"
  run verify risk.vk "$1.proof" --public "$1.out"
  grep -o '"output_data":\[\[[01]' "$1.out" | grep -o '[01]$'
}
who "Applicants are answered by yes (1) or no (0), each with a proof."
for applicant in 0 1 2 3; do
  echo "  applicant $applicant within the bound: $(prove_applicant "$applicant" | tail -n 1)"
done

who "A lender who wants a yes to be shown compares it with the proof: a no is not to be passed off as one."
for applicant in 0 1 2 3; do
  if grep -q '"output_data":\[\[0' "$applicant.out"; then
    echo '{"output_data": [[1]]}' >wanted.json
    refused verify risk.vk "$applicant.proof" --public wanted.json
    exit 0
  fi
done
echo "expected somebody beyond the bound" >&2
exit 1
