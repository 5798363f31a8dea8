#!/usr/bin/env python3
"""That fuzz_graphs.py sees what it is there for: the tool behind a wrapper that makes it lie, die or hang.

    fuzz_graphs_test.py PROOFCARD
"""

import pathlib
import stat
import sys
import tempfile
import unittest

import random_graph
from fuzz_graphs import check_seed
from judge import Program, judge

PROOFCARD = str(pathlib.Path(sys.argv.pop(1)).resolve())
WRAPPER = """#!{python}
import json, os, subprocess, sys, time
command = sys.argv[1]
if command == "{command}" and "{what}" == "hang":
    time.sleep(60)
if command == "{command}" and "{what}" == "abort":
    os.abort()
done = subprocess.run(["{proofcard}", *sys.argv[1:]], capture_output=True, text=True)
err = done.stderr
if command == "{command}" and "{what}" == "warnings":
    err = err.replace("warning", "note")
if command == "{command}" and "{what}" == "values":
    path = sys.argv[sys.argv.index("--save-output") + 1]
    values = json.load(open(path))
    values["output_data"] = [[v * 1.01 for v in row] for row in values["output_data"]]
    json.dump(values, open(path, "w"))
sys.stdout.write(done.stdout)
sys.stderr.write(err)
sys.exit(done.returncode)
"""


class Planted(unittest.TestCase):
    def kinds(self, command, what, seeds, until="", **limits):
        """Of what is found in these graphs with a tool that lies so, as far as the first of kind `until`."""
        with tempfile.TemporaryDirectory() as folder:
            wrapper = pathlib.Path(folder) / "proofcard"
            wrapper.write_text(WRAPPER.format(python=sys.executable, proofcard=PROOFCARD, command=command, what=what))
            wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
            found = set()
            for seed in seeds:
                if until in found:
                    break
                graph = random_graph.make(seed)
                with tempfile.TemporaryDirectory() as scratch:
                    found |= {v.kind for v in judge(Program(str(wrapper), **limits), graph, scratch)}
            return found

    def test_nothing_is_found_in_the_tool_itself(self):
        self.assertLessEqual(self.kinds("", "", range(2)), {"right", "warned", "refused"})

    def test_values_that_are_one_per_cent_off(self):
        self.assertIn("measure", self.kinds("run", "values", range(20), "measure"))

    def test_a_command_that_aborts(self):
        self.assertIn("crash", self.kinds("compile", "abort", range(20), "crash"))

    def test_a_command_that_hangs(self):
        self.assertIn("slow", self.kinds("compile", "hang", range(20), "slow", seconds=1))

    def test_a_model_that_is_not_close_and_nobody_says_so(self):
        self.assertIn("silent", self.kinds("compile", "warnings", range(200), "silent"))

    def test_failures_are_reported_with_their_smallest_part(self):
        with tempfile.TemporaryDirectory() as folder:
            wrapper = pathlib.Path(folder) / "proofcard"
            wrapper.write_text(WRAPPER.format(python=sys.executable, proofcard=PROOFCARD, command="run", what="values"))
            wrapper.chmod(0o755)
            seed, _, reports = check_seed(Program(str(wrapper)), 6, 0, folder, True)
            self.assertEqual(len(reports), 1)
            self.assertIn(f"seed {seed}", reports[0])
            self.assertTrue((pathlib.Path(folder) / str(seed) / "model.onnx").exists())
            nodes = [line for line in reports[0].splitlines() if line.startswith("  n")]
            self.assertLess(len(nodes), len(random_graph.make(seed).nodes))


if __name__ == "__main__":
    unittest.main()
