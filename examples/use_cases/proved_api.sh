#!/usr/bin/env bash
# An API whose answers carry proofs, and a client that takes no others: README.md, "An API with proofs".
# Needs a proofcard with the service (scripts/install_deps.sh --service), curl and python3.
source "$(dirname "$0")/common.sh"
here=$examples/use_cases

who "The provider's model, and a service that answers with it."
run compile "$examples/lenet5/model.onnx" -o digits.pcm --name digits --calibrate "$examples/lenet5/samples.json"
run setup digits.pcm -o digits
"$proofcard" serve --state state --add-key admin >admin.key
"$proofcard" serve --state state --add-key prove >client.key
"$proofcard" serve --state state --listen 127.0.0.1:0 2>serve.log &
service=$!
trap 'kill "$service" "${proxy:-}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
for _ in $(seq 100); do
  url=$(sed -n 's/.*\(http:\/\/127.0.0.1:[0-9]*\).*/\1/p' serve.log | head -n 1)
  [[ -z $url ]] || break
  sleep 0.1
done
curl -sS --fail -H "Authorization: Bearer $(cat admin.key)" -T digits.pk "$url/v1/models/digits" >/dev/null
echo "  serving at $url"

who "The client knows the digest of the model that it pays for. It asks with a nonce of its own, and checks the proof itself."
client() { PROOFCARD=$proofcard python3 "$here/proved_api_client.py" "$@"; }
client "$url" client.key digits "$(digest digits.vk)" "$examples/lenet5/input.json" | sed 's/^/  /'

who "Between the two sits somebody who changes answers: another digit, or the proof of an earlier answer."
for lie in output proof; do
  python3 "$here/proved_api_liar.py" "$url" "$lie" >liar.url &
  proxy=$!
  for _ in $(seq 100); do
    [[ ! -s liar.url ]] || break
    sleep 0.1
  done
  if client "$(cat liar.url)" client.key digits "$(digest digits.vk)" "$examples/lenet5/input.json" >refused.txt 2>&1; then
    echo "the client took a changed answer" >&2
    exit 1
  fi
  sed 's/^/  /' refused.txt
  kill "$proxy"
  wait "$proxy" 2>/dev/null || true
  rm -f liar.url
done
