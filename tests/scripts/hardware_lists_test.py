#!/usr/bin/env python3
"""scripts/hardware_lists.py: every file of rtl/ is in one list, a package behind what it uses; a list that differs is noticed."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class HardwareListsTest(unittest.TestCase):
    def check_in(self, change):
        """What --check says of a copy of the tree in which `change` was made."""
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder)
            for name in ("rtl", "bitstreams/abi"):
                shutil.copytree(ROOT / name, copy / name)
            (copy / "scripts").mkdir()
            for name in ("scripts/hardware_lists.py", "proofcard.core", "Bender.yml", "CMakeLists.txt"):
                shutil.copy(ROOT / name, copy / name)
            change(copy)
            return subprocess.run([sys.executable, copy / "scripts/hardware_lists.py", "--check"], check=False, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def test_the_tree_s_own_lists_are_up_to_date(self):
        done = self.check_in(lambda copy: None)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_a_new_file_a_lost_file_and_a_changed_list_are_noticed(self):
        changes = {
            "proofcard.core, Bender.yml": [lambda copy: (copy / "rtl/msm/pc_new.sv").write_text("module pc_new; endmodule\n"),
                                           lambda copy: (copy / "rtl/ntt/pc_ntt_lane.sv").unlink()],
            "proofcard.core": [lambda copy: (copy / "proofcard.core").unlink()],
            "Bender.yml": [lambda copy: (copy / "Bender.yml").write_text("package:\n")],
        }
        for names, ways in changes.items():
            for way in ways:
                done = self.check_in(way)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"{names}: expected what scripts/hardware_lists.py writes", done.stdout)

    def test_each_file_is_listed_once(self):
        expected = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("rtl/*/*.sv") if not path.name.startswith("pc_bind_"))
        for name in ("proofcard.core", "Bender.yml"):
            listed = re.findall(r"^ +- (rtl/\S+\.sv)$", (ROOT / name).read_text(), re.MULTILINE)
            self.assertEqual(sorted(listed), expected, name)

    def test_a_package_stands_behind_those_that_it_uses(self):
        seen = set()
        for path in re.findall(r"rtl/pkg/\S+\.sv", (ROOT / "Bender.yml").read_text()):
            text = (ROOT / path).read_text()
            own = pathlib.Path(path).stem
            self.assertLessEqual(set(re.findall(r"\b(pc_\w+_pkg)::", text)) - {own}, seen, path)
            seen.add(own)


if __name__ == "__main__":
    unittest.main()
