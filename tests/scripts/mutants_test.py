#!/usr/bin/env python3
"""The tool of `make mutants`: what its table means, what the rewritten sources do, and that a check without a mutant is
noticed. Compiles one small file."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "mutation"))

import schemata  # noqa: E402
import sites  # noqa: E402
import table as tables  # noqa: E402

SOURCE = """#include <cstdio>
int checked(int x) {
  if (x < 0 || x > 9) {  // a range
    return -1;
  }
  for (int i = 0; i < 2; ++i) {
    x += i;
  }
  return x;
}
int main() {
  for (int x = -5; x <= 15; x += 10) std::printf("%d ", checked(x));
}
"""

LINES = """# a comment
file: host/base/check.cpp
suites: some
low | if («x < 0» || x > 9) { | false
high | if (x < 0 || «x > 9») { | false
loop | «x += i;» | ;
both | «x < 0 || x > 9» | false | equivalent: an example
+both | x += i; } return «x»; | $0 + 100
labels: a b
{label}.one | return «-1»; | sizeof("{label}")
"""


def table_of(lines, folder, suites="some = test_some Filter.*\n"):
    (Path(folder) / "suites.txt").write_text(suites)
    (Path(folder) / "base.txt").write_text(lines)
    return tables.read(folder)


class MutantsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_table(self):
        table = table_of(LINES, self.folder.name)
        self.assertEqual([m.name for m in table.mutants], ["low", "high", "loop", "both", "a.one", "b.one"])
        self.assertEqual(table.mutants[3].equivalent, "an example")
        self.assertEqual(len(table.mutants[3].edits), 2)
        self.assertEqual(table.suites["some"].filter, "Filter.*")
        self.assertEqual(table.labels, {"a", "b"})

    def test_lines_that_are_none(self):
        for line in ["x | no part | false", "x | «a» | b | equivalent:", "x | «a» | b | suites: other", "+new | «a» | b",
                     "x | «a»", "x | «a» | b\nx | «a» | c"]:
            with self.assertRaises(tables.TableError, msg=line):
                table_of(f"file: f\nsuites: some\n{line}\n", self.folder.name)

    def test_text_is_found_once_or_not_at_all(self):
        edit = tables.Edit("f", "if («a == b») {", "false", "here")
        self.assertEqual(edit.find("  if (a ==\n   b)  {")[1], (6, 15))
        for source in ["if (a == c) {", "if (a == b) { if (a == b) {", "if (aa == b) {"]:
            with self.assertRaises(tables.TableError, msg=source):
                edit.find(source)

    def test_every_mutant_is_in_one_program(self):
        folder = Path(self.folder.name)
        table = table_of(LINES, folder)
        (folder / schemata.HEADER_NAME).write_text(schemata.HEADER)
        (folder / "all.cpp").write_text(schemata.rewrite(SOURCE, "host/base/check.cpp", table.mutants))
        subprocess.run(["c++", "-std=c++20", "-w", "-o", folder / "all", folder / "all.cpp"], check=True)
        expected = {"": "-1 6 -1", "low": "-4 6 -1", "high": "-1 6 16", "loop": "-1 5 -1", "both": "96 106 116",
                    "a.one": "2 6 2"}
        for name, output in expected.items():
            number = next((m.number for m in table.mutants if m.name == name), 0)
            done = subprocess.run([folder / "all"], env={schemata.VARIABLE: str(number)}, text=True, capture_output=True)
            self.assertEqual(done.stdout.strip(), output, name)

    def test_parts_must_not_overlap(self):
        table = table_of("file: f\nsuites: some\na | «x < 0 ||» x > 9 | 1\nb | x < 0 «|| x > 9» | 2\n", self.folder.name)
        with self.assertRaises(tables.TableError):
            schemata.rewrite(SOURCE, "f", table.mutants)

    def test_sites_without_a_mutant_are_named(self):
        root = Path(self.folder.name)
        for folder in sites.FOLDERS + sites.REPLAYED:
            (root / "host" / folder).mkdir(parents=True)
        (root / "host/zk/a.cpp").write_text('void f() {\n  if (a) {\n    return rejected("x");\n  }\n'
                                            '  c.challenge("l");\n  // bad_input("comment")\n  return bad_input("y");\n}\n')
        (root / "table").mkdir()
        lines = "file: host/zk/a.cpp\nsuites: some\na | if («a») { return rejected( | false\n"
        gaps = sites.missing(root, table_of(lines, root / "table"))
        self.assertEqual(gaps, ['host/zk/a.cpp:7: no mutant: return bad_input("y");',
                                "host/zk/a.cpp:5: no mutants of label l"])
        lines += 'none | return bad_input("y") | an example\nlabels: l\n{label}.one | «c.challenge("l")» | 1\n'
        self.assertEqual(sites.missing(root, table_of(lines, root / "table")), [])

    def test_the_table_fits_the_sources(self):
        table = tables.read(ROOT / "tests" / "mutants")
        self.assertEqual(sites.missing(ROOT, table), [])
        for name in sorted({edit.file for mutant in table.mutants for edit in mutant.edits}):
            schemata.rewrite((ROOT / name).read_text(), name, table.mutants)
        patterns, suites = tables.read_short(ROOT / "tests" / "mutants")
        self.assertLessEqual(set(suites), set(table.suites))
        for pattern in patterns:
            self.assertTrue(any(set(m.suites) & set(suites) for m in table.select([pattern])), pattern)


if __name__ == "__main__":
    unittest.main()
