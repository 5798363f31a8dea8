#!/usr/bin/env python3
"""slang's SystemVerilog front end as a command: parses, elaborates and analyses; prints what it finds; exit 1 at an error.

  slang.py OPTION...    slang's own options and files; pyslang is in scripts/requirements-rtl.txt
"""
import shlex
import sys

from pyslang import driver


def main():
    front_end = driver.Driver()
    front_end.addStandardArgs()
    if not front_end.parseCommandLine(shlex.join(["slang", *sys.argv[1:]]), driver.CommandLineOptions()):
        return 1
    if not front_end.processOptions() or not front_end.parseAllSources():
        return 1
    return 0 if front_end.runFullCompilation(quiet=True) else 1


if __name__ == "__main__":
    sys.exit(main())
