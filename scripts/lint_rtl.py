#!/usr/bin/env python3
"""Are all configurations of rtl/ legal SystemVerilog, without a warning? Runs slang, Verilator and Verible.

  lint_rtl.py BUILD_FOLDER    reads BUILD_FOLDER/rtl_configurations.txt, which configuring with Verilator writes; the front
                              ends are those of this Python's folder (scripts/lint_rtl.sh makes one)

What is checked: each configuration that the build makes, tests included, that scripts/synth.py synthesises, and each kernel with
its defaults, as a card gets it; as simulated and, but for benches, with SYNTHESIS. Warnings are errors; what is waived is in WAIVED below,
and in rtl/lint.vlt for Verilator, each with its reason. Exit: 0 when nothing was found, 1 otherwise.
"""
import collections
import concurrent.futures
import os
import pathlib
import subprocess
import sys

import synth

ROOT = pathlib.Path(__file__).resolve().parent.parent
KERNELS = sorted(path.stem for path in ROOT.glob("bitstreams/abi/*.json") if path.name != "common.json")
BENCHES = ("tests/rtl*/**/*.sv", "tests/sim_rtl/*.sv", "rtl/verify/formal/*.sv")
WAIVED = [
    # A cast to a width that comes from parameters is needed in some configurations only.
    "-Wno-useless-cast",
]
# Lines as long as those of C++ here, but for the generated tops; parameters as in all of rtl/.
VERIBLE_RULES = ("line-length=length:141,"
                 "parameter-name-style=localparam_style:CamelCase|ALL_CAPS;parameter_style:CamelCase|ALL_CAPS")
GENERATED = [str(path.relative_to(ROOT)) for kernel in KERNELS for path in ROOT.glob(f"rtl/*/{kernel}.sv")]

# parameters: -Gname=value; files: paths below ROOT.
Configuration = collections.namedtuple("Configuration", "name top parameters files")


def folders():
    """Modules are found by their names in these."""
    return [option for folder in sorted(ROOT.glob("rtl/*")) if folder.is_dir() and folder.name not in ("pkg", "model")
            for option in ("-y", str(folder.relative_to(ROOT)))]


def packages():
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("rtl/pkg/*.sv"))


def built(path):
    """The configurations that CMake wrote."""
    if not path.exists():
        sys.exit(f"{path}: expected the list that `cmake --preset release` writes where there is Verilator, found no such file")
    configurations = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fields = line.split("\t")
        if len(fields) != 4:
            sys.exit(f"{path}:{number}: expected name, top, parameters, files, found {line!r}")
        configurations.append(Configuration(fields[0], fields[1], fields[2].split(), fields[3].split()))
    if not configurations:
        sys.exit(f"{path}: expected configurations, found none: this build is made without Verilator")
    return configurations


def synthesised():
    units = {**synth.UNITS, **synth.SLOW, **synth.KERNELS}
    kernels = {f"{kernel}, defaults": (kernel, {}) for kernel in KERNELS}
    return [Configuration(name, unit[0], [f"-G{key}={value}" for key, value in unit[1].items()],
                          [*packages(), str(synth.find_source(unit[0]).relative_to(ROOT)), *folders()])
            for name, unit in {**units, **kernels}.items()]


def verified():
    """Checkers, and blocks inside their proofs."""
    tops = sorted(ROOT.glob("rtl/verify/pc_*_checker.sv")) + sorted(ROOT.glob("rtl/verify/formal/*.sv"))
    return [Configuration(path.stem, path.stem, ["-Irtl/verify"], [*packages(), str(path.relative_to(ROOT)), *folders()]) for path in tops]


def slang_command(configuration, define):
    return [sys.executable, str(ROOT / "scripts/slang.py"), "-Wextra", "-Wpedantic", "-Werror", *WAIVED, *define, "--top",
            configuration.top, *configuration.parameters, *configuration.files]


def verilator_command(configuration, define):
    return ["verilator", "--lint-only", "-Wall", "--assert", *define, "--top-module", configuration.top,
            *configuration.parameters, str(ROOT / "rtl/lint.vlt"), *configuration.files]


def as_synthesised(configurations):
    """Those whose top is a module of rtl/, with what is synthesised in the place of C++ models; benches never are."""
    return [configuration._replace(parameters=[p for p in configuration.parameters if not p.startswith("-GBody=")])
            for configuration in configurations if any(ROOT.glob(f"rtl/*/{configuration.top}.sv"))]


def distinct(configurations):
    """Without those that have the same top and parameters as one before: parts of a build agree with what is synthesised."""
    return list({(c.top, tuple(sorted(c.parameters))): c for c in reversed(configurations)}.values())


def commands(built_here, synthesised_here):
    """[(what, command)], the longest first. Without SYNTHESIS, the build runs Verilator itself on what it makes, as strictly."""
    result = []
    simulated = built_here + synthesised_here
    mapped = as_synthesised(built_here) + synthesised_here
    kernels = [configuration for configuration in synthesised_here if configuration.top in KERNELS]
    for tool, command, without in (("Verilator", verilator_command, kernels), ("slang", slang_command, simulated)):
        for define, configurations in (([], without), (["+define+SYNTHESIS"], mapped)):
            for configuration in distinct(configurations):
                what = f"{tool}, {configuration.name}{' with SYNTHESIS' if define else ''}"
                result.append((what, command(configuration, define)))
    sources = {str(path.relative_to(ROOT)) for pattern in ("rtl/*/*.sv", *BENCHES) for path in ROOT.glob(pattern)}
    verible = str(pathlib.Path(sys.executable).parent / "verible-verilog-lint")
    result.append(("Verible", [verible, f"--rules={VERIBLE_RULES}", *sorted(sources - set(GENERATED))]))
    result.append(("Verible, generated files", [verible, f"--rules=-line-length,{VERIBLE_RULES.split(',', 1)[1]}", *GENERATED]))
    return result


def run(command):
    return subprocess.run(command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def lint(built_here, synthesised_here):
    """Prints what the front ends say; returns how many runs found something."""
    failures = 0
    todo = commands(built_here, synthesised_here)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (what, _), done in zip(todo, pool.map(lambda item: run(item[1]), todo)):
            if done.returncode != 0:
                failures += 1
                print(f"{what}:\n{done.stdout}", file=sys.stderr)
    print(f"lint-rtl: {len(built_here) + len(synthesised_here)} configurations, {len(todo)} runs, {failures} with findings")
    return failures


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1])
    sys.exit(1 if lint(built(build / "rtl_configurations.txt") + verified(), synthesised()) else 0)


if __name__ == "__main__":
    main()
