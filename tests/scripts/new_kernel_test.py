#!/usr/bin/env python3
"""scripts/new_kernel.py: which names it takes, that it replaces nothing, and that nothing of the template stays. tests/rtl_echo simulates one."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def make(name, folder):
    done = subprocess.run([sys.executable, ROOT / "scripts/new_kernel.py", name, "--into", folder], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


class NewKernel(unittest.TestCase):
    def test_a_name_is_of_lower_case_letters(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("Adder", "1st", "a-b", "../up", ""):
                code, said = make(name, folder)
                self.assertNotEqual(code, 0)
                self.assertIn(f"NAME: expected lower-case letters, digits and _, beginning with a letter, found {name!r}", said)
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])

    def test_a_kernel_that_is_there_is_not_made(self):
        with tempfile.TemporaryDirectory() as folder:
            code, said = make("msm_g1", folder)
            self.assertNotEqual(code, 0)
            self.assertIn("expected one that no kernel has, found bitstreams/abi/msm_g1.json", said)

    def test_nothing_is_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rtl/adder/pc_adder_core.sv"
            path.parent.mkdir(parents=True)
            path.write_text("mine\n")
            code, said = make("adder", folder)
            self.assertNotEqual(code, 0)
            self.assertIn("expected no file of the kernel, found", said)
            self.assertEqual([str(p) for p in pathlib.Path(folder).rglob("*") if p.is_file()], [str(path)])
            self.assertEqual(path.read_text(), "mine\n")

    def test_nothing_of_the_template_stays(self):
        with tempfile.TemporaryDirectory() as folder:
            code, _ = make("adder", folder)
            self.assertEqual(code, 0)
            files = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]
            self.assertEqual(len(files), 11)
            for path in files:
                self.assertNotIn("echo", str(path.relative_to(folder)).lower())
                self.assertNotIn("echo", path.read_text().lower(), path)


if __name__ == "__main__":
    unittest.main()
