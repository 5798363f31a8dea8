#!/usr/bin/env bash
# Proves and verifies the model that scripts/make_NAME.py writes; the report of everything goes to DIRECTORY/NAME.json.
#
#   bench_model.sh NAME PATH/TO/proofcard DIRECTORY [options of compile...]
set -euo pipefail

name=$1
proofcard=$2
out=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
# Debian's own interpreter has Debian's numpy and onnx; another python3 that comes first in PATH need not.
python=/usr/bin/python3
[[ -x "$python" ]] || python=python3
mkdir -p "$out/$name"
if [[ ! -f "$out/$name/model.onnx" ]]; then
  "$python" "$here/make_$name.py" "$out/$name"
fi
model=$out/$name
"$proofcard" compile "$model/model.onnx" --bits 8 -o "$model/model.pcm" --calibrate "$model/samples.json" "$@" --report "$model/compile.json"
"$proofcard" setup "$model/model.pcm" -o "$model/model" --force --report "$model/setup.json"
"$proofcard" prove "$model/model.pk" "$model/input.json" -o "$model/proof.bin" --report "$model/prove.json"
"$proofcard" verify "$model/model.vk" "$model/proof.bin" --report "$model/verify.json"
"$python" - "$model" "$out/$name.json" << 'PYTHON'
import json, os, sys
folder, target = sys.argv[1:]
reports = {name: json.load(open(f"{folder}/{name}.json")) for name in ("compile", "setup", "prove", "verify")}
out = dict(reports["prove"], command="bench-" + os.path.basename(folder))
for name, report in reports.items():
    for key, value in report.items():
        if out.get(key) is None:
            out[key] = value
out["peak_rss_bytes"] = max(r["peak_rss_bytes"] for r in reports.values())
out["peak_rss_bytes_of"] = {name: r["peak_rss_bytes"] for name, r in reports.items()}
out["stages"] = {f"{name}: {stage}": ms for name, r in reports.items() for stage, ms in r["stages"].items()}
with open(target + ".tmp", "w") as f:
    json.dump(out, f, indent=2)
    f.write("\n")
os.replace(target + ".tmp", target)
print(f"\nprove {out['prove_ms'] / 1000:.2f} s, verify {out['verify_ms']:.0f} ms, setup {out['setup_ms'] / 1000:.2f} s, "
      f"proof {out['proof_bytes'] / 1000:.0f} kB, memory {out['peak_rss_bytes_of']['prove'] / 1e9:.2f} GB when proving, "
      f"{out['peak_rss_bytes_of']['setup'] / 1e9:.2f} GB when setting up")
print(f"report in {target}")
PYTHON
