#!/usr/bin/env python3
"""Does what docs/rtl/new_kernel.md says, in a folder of its own: follow_page.py FOLDER

Blocks of `sh` are commands, blocks of `diff` replace lines that must be there once. Other blocks are not followed. What it cannot follow ends it.
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/rtl/new_kernel.md"


def run(line, folder):
    script, *arguments = line.split(maxsplit=1)
    if script == "scripts/new_kernel.py":
        command = [sys.executable, ROOT / script, *arguments, "--into", folder]
    elif script == "scripts/generate_abi.py":
        command = [sys.executable, ROOT / script, "--root", folder, *folder.glob("bitstreams/abi/*.json")]
    elif script == "sed":
        command = ["sh", "-ec", line]
    else:
        sys.exit(f"{PAGE.name}: expected a command that this test knows, found {line!r}")
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def replace(block, folder):
    """--- FILE, then lines that begin with - and those, with +, that take their place."""
    first, *lines = block.splitlines()
    path = folder / first.removeprefix("--- ")
    old = "".join(line[1:] + "\n" for line in lines if line.startswith("-"))
    new = "".join(line[1:] + "\n" for line in lines if line.startswith("+"))
    text = path.read_text()
    if text.count(old) != 1:
        sys.exit(f"{PAGE.name}: {path.name}: expected these lines once, found them {text.count(old)} times:\n{old}")
    path.write_text(text.replace(old, new))


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    followed = 0
    for kind, block in re.findall(r"^```(sh|diff)\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE):
        if kind == "diff":
            replace(block, folder)
        else:
            for line in block.splitlines():
                run(line, folder)
        followed += 1
    if followed < 6:
        sys.exit(f"{PAGE.name}: expected at least 6 blocks to follow, found {followed}")


if __name__ == "__main__":
    main()
