#!/usr/bin/env python3
"""Makes the files of a new kernel from those of the kernel echo: description, core, model, test, and all that is generated.

  new_kernel.py NAME [--into FOLDER]    FOLDER: where they go (default: the project). Nothing is replaced.

docs/rtl/new_kernel.md says what is done with them then.
"""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import generate_abi  # noqa: E402
from generate_abi import description  # noqa: E402

TEMPLATE = "echo"
FILES = ["bitstreams/abi/echo.json", "rtl/echo/pc_echo_core.sv", "rtl/echo/pc_echo_kernel.sv", "rtl/model/echo_model.hpp",
         "tests/rtl_echo/CMakeLists.txt", "tests/rtl_echo/kernel_test.cpp"]
# What is true of the template only.
OWN = [(re.compile(r'  "summary": ".*",\n'), '  "summary": "What NAME does, in a line.",\n'),
       (re.compile(r" docs/rtl/new_kernel.md makes other kernels of this one\."), ""),
       (re.compile(r"^# The kernel echo, which is also the template.*?\n", re.MULTILINE), "# The kernel echo.\n"),
       (re.compile(r"\n# What docs/rtl/new_kernel\.md makes.*", re.DOTALL), "\n")]


def renamed(text, name):
    for pattern, replacement in OWN:
        text = pattern.sub(replacement.replace("NAME", name), text)
    return text.replace(TEMPLATE, name).replace(description.camel(TEMPLATE), description.camel(name))


def refuse(what):
    sys.exit(f"new_kernel.py: {what}")


def make(name, folder):
    """{path: text} of what is written by hand from then on; the rest is generated from its description."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        refuse(f"NAME: expected lower-case letters, digits and _, beginning with a letter, found {name!r}")
    if (description.FOLDER / f"{name}.json").exists():
        refuse(f"NAME: expected one that no kernel has, found bitstreams/abi/{name}.json")
    texts = {folder / renamed(path, name): renamed((ROOT / path).read_text(), name) for path in FILES}
    there = [str(path) for path in texts if path.exists()]
    if there:
        refuse(f"expected no file of the kernel, found {', '.join(there)}")
    return texts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--into", type=pathlib.Path, default=ROOT, metavar="FOLDER")
    arguments = parser.parse_args()
    folder = arguments.into.resolve()
    texts = make(arguments.name, folder)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    generated = generate_abi.kernel_views(description.load(folder / f"bitstreams/abi/{arguments.name}.json"))
    generate_abi.write(generated, folder)
    print("\n".join(str(path.relative_to(folder)) for path in texts))
    print(f"and, generated: {', '.join(generated)}")


if __name__ == "__main__":
    main()
