#!/usr/bin/env python3
"""Lists of the RTL's files for the package managers of hardware: proofcard.core (FuseSoC) and Bender.yml (Bender).

  hardware_lists.py            writes both, from what is in rtl/
  hardware_lists.py --check    names files that differ from that; exit 1 when there are any

A fileset a folder; packages come first, in an order in which each finds those that it uses. Modules that print what a simulation sees, and
the C++ bodies, are chosen by parameters and by SYNTHESIS, not by lists.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Filesets in order of use: what a block needs stands in those before it.
BLOCKS = {"common": ("rtl/common",), "field": ("rtl/field",), "axi": ("rtl/top",)}
# Kernels as their descriptions have them: {top: the folder of its module}.
TOPS = {path.stem: next(ROOT.glob(f"rtl/*/{json.loads(path.read_text())['top']['module']}.sv")).parent.name
        for path in sorted(ROOT.glob("bitstreams/abi/*.json")) if path.name != "common.json"}
KERNELS = {folder: (f"rtl/{folder}", [top for top in TOPS if TOPS[top] == folder]) for folder in sorted(set(TOPS.values()))}
HEADER = "# The RTL's files. Made by scripts/hardware_lists.py; `make lint-rtl` checks it and lints each kernel by it.\n"


def below(*folders):
    return sorted(str(path.relative_to(ROOT)) for folder in folders for path in ROOT.glob(f"{folder}/*.sv"))


def source(top):
    """The one file of that name."""
    return str(next(ROOT.glob(f"rtl/*/{top}.sv")).relative_to(ROOT))


def packages():
    """Each behind those that it uses."""
    texts = {path.stem: path.read_text() for path in ROOT.glob("rtl/pkg/*.sv")}
    uses = {name: {other for other in texts if other != name and re.search(rf"\b{other}::", text)} for name, text in texts.items()}
    ordered = []
    while len(ordered) < len(uses):
        ready = sorted(name for name in uses if name not in ordered and uses[name] <= set(ordered))
        if not ready:
            sys.exit(f"rtl/pkg: packages use each other in a circle: {sorted(set(uses) - set(ordered))}")
        ordered += ready
    return [f"rtl/pkg/{name}.sv" for name in ordered]


def filesets():
    tops = {source(top) for top in TOPS}
    result = {"packages": packages()}
    for name, folders in BLOCKS.items():
        result[name] = [path for path in below(*folders) if path not in tops]
    for name, (folder, kernel_tops) in KERNELS.items():
        result[name] = sorted({*below(folder), *map(source, kernel_tops)})
    result["checkers"] = [path for path in below("rtl/verify") if "/pc_bind_" not in path]
    return result


def version():
    return re.search(r"project\(proofcard VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)


def core(sets):
    lines = ["CAPI=2:", HEADER.rstrip(), f"name: proofcard:rtl:kernels:{version()}",
             "description: Kernels of a card that proves - sums of points of BN254, transforms over Fr and Goldilocks - and the blocks in them",
             "", "filesets:"]
    for name, files in sets.items():
        lines += [f"  {name}:", "    file_type: systemVerilogSource", "    files:"]
        if name == "checkers":
            lines.append("      - rtl/verify/pc_rules.svh: {is_include_file: true}")
        lines += [f"      - {path}" for path in files]
    lines += ["  waivers:", "    files:", "      - rtl/lint.vlt: {file_type: vlt}", "", "targets:"]
    blocks = ["packages", *BLOCKS]
    lines += ["  default:", f"    filesets: [{', '.join(blocks)}, {', '.join(KERNELS)}]"]
    for name in KERNELS:
        lines += [f"  {name}:", f"    filesets: [{', '.join(blocks)}, {name}]"]
    lines += ["  checkers:", "    filesets: [checkers]"]
    for top, name in TOPS.items():
        lines += [f"  lint_{top}:", f"    filesets: [waivers, {', '.join(blocks)}, {name}]", f"    toplevel: {top}", "    flow: lint",
                  "    flow_options:", "      tool: verilator", "      verilator_options: [-Wall, --assert, +define+SYNTHESIS]"]
    return "\n".join(lines) + "\n"


def bender(sets):
    lines = [HEADER.rstrip(), "package:", "  name: proofcard", '  authors: ["The proofcard authors"]', "", "export_include_dirs:",
             "  - rtl/verify", "", "sources:"]
    for name, files in sets.items():
        if name == "checkers":
            lines += ["  - target: any(test, simulation)", "    include_dirs:", "      - rtl/verify", "    files:"]
        else:
            lines += [f"  # {name}", "  - files:"]
        lines += [f"      - {path}" for path in files]
    return "\n".join(lines) + "\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    sets = filesets()
    different = []
    for name, text in (("proofcard.core", core(sets)), ("Bender.yml", bender(sets))):
        path = ROOT / name
        if not sys.argv[1:]:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            different.append(name)
    if different:
        sys.exit(f"{', '.join(different)}: expected what scripts/hardware_lists.py writes of rtl/, found something else; run it")


if __name__ == "__main__":
    main()
