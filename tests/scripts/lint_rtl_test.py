#!/usr/bin/env python3
"""scripts/lint_rtl.py: what is illegal, or suspicious, is found in a planted file; what is legal is not. Needs its front ends."""

import contextlib
import io
import pathlib
import re
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import lint_rtl  # noqa: E402

MODULE = """module planted #(
  parameter int unsigned Depth = 4
) (
  input  logic clk_i,
  input  logic data_i,
  output logic data_o
);
%s
endmodule
"""
LEGAL = """  logic [Depth-1:0] line_q;
  always_ff @(posedge clk_i) line_q <= {line_q[Depth-2:0], data_i};
  assign data_o = line_q[Depth-1];"""

# For each check of a parameter in rtl/: a module, values that it refuses, and the parameter that its message names.
ILLEGAL = [
    ("pc_carry_prefix", {"Num": 1}, "Num"),
    ("pc_delay", {"Width": 0}, "Width"),
    ("pc_fifo", {"Depth": 12}, "Depth"),
    ("pc_lowest", {"Width": 0}, "Width"),
    ("pc_ram_1r1w", {"ReadLatency": 0}, "ReadLatency"),
    ("pc_ram_2rw", {"ReadLatency": 0}, "ReadLatency"),
    ("pc_ram_2rw", {"AddressBits": 4, "Words": 17}, "Words"),
    ("pc_wide_add", {"Width": 0}, "Width"),
    ("pc_chunk_add", {"OutBits": 47}, "OutBits"),
    ("pc_karatsuba_join", {"HalfChunks": 0}, "HalfChunks"),
    ("pc_karatsuba_join", {"InBits": 1}, "InBits"),
    ("pc_redc_step", {"DigitBits": 27}, "DigitBits"),
    ("pc_redc_step", {"FirstOut": 53}, "FirstOut"),
    ("pc_fq_mul", {"Body": 3}, "Body"),
    ("pc_fr_mul", {"Body": 3}, "Body"),
    ("pc_gl_mul", {"Body": 3}, "Body"),
    ("pc_point_add", {"Body": 3}, "Body"),
    ("pc_point_add", {"TagBits": 0}, "TagBits"),
    ("pc_hadamard_core", {"BlockWords": 24}, "BlockWords"),
    ("pc_hadamard_core", {"QueueWords": 32}, "QueueWords"),
    ("pc_base_runs", {"MaxRun": 2}, "MaxRun"),
    ("pc_bucket_sets", {"NumSets": 0}, "NumSets"),
    ("pc_bucket_sets", {"AddressBits": 6, "Words": 65}, "Words"),
    ("pc_bucket_sets", {"RamLatency": 0}, "RamLatency"),
    ("pc_occupancy", {"AddressBits": 3}, "AddressBits"),
    ("pc_park_pair", {"WideShift": 11}, "WideShift"),
    ("pc_park_pair", {"NarrowShift": 11}, "NarrowShift"),
    ("pc_park_pair", {"QueueDepth": 500}, "QueueDepth"),
    ("pc_contexts", {"PassWindows": 9}, "PassWindows"),
    ("pc_contexts", {"ContextBits": 4}, "ContextBits"),
    ("pc_fold", {"NarrowBits": 1}, "NarrowBits"),
    ("pc_fold", {"LevelBits": 2}, "LevelBits"),
    ("pc_horner", {"TakeLatency": 0}, "TakeLatency"),
    ("pc_digit_walk", {"NarrowBits": 14}, "NarrowBits"),
    ("pc_digit_walk", {"AddressBits": 11}, "AddressBits"),
    ("pc_recode", {"NarrowBits": 14}, "NarrowBits"),
    ("pc_scalar_lanes", {"NarrowBits": 14}, "NarrowBits"),
    ("pc_groups", {"PassWindows": 0}, "PassWindows"),
    ("pc_scalar_reads", {"MaxBeats": 65536}, "MaxBeats"),
    ("pc_operands", {"RamLatency": 0}, "RamLatency"),
    ("pc_canonical", {"TagBits": 0}, "TagBits"),
    ("pc_ntt_mul", {"Field": 2}, "Field"),
    ("pc_ntt_sums", {"Field": 2}, "Field"),
    ("pc_ntt_plan", {"LogLanes": 16}, "LogLanes"),
    ("pc_ntt_plan", {"AddressBits": 16}, "AddressBits"),
    ("pc_ntt_transpose", {"LogRun": 0}, "LogRun"),
    ("pc_ntt_transpose", {"Lanes": 48}, "Lanes"),
    ("pc_ntt_twiddles", {"LogLanes": 1}, "LogLanes"),
    ("pc_ntt_butterflies", {"SumsLatency": 13}, "SumsLatency"),
    ("pc_axi_split", {"BurstBeats": 128}, "BurstBeats"),
    ("pc_axi_read", {"FifoDepth": 8}, "FifoDepth"),
    ("pc_axi_read_checker", {"DataBits": 24}, "DataBits"),
    ("pc_axi_read_checker", {"MaxBeats": 257}, "MaxBeats"),
    ("pc_axi_read_checker", {"MaxBursts": 0}, "MaxBursts"),
    ("pc_axi_write_checker", {"DataBits": 24}, "DataBits"),
    ("pc_axi_write_checker", {"MaxBeats": 257}, "MaxBeats"),
    ("pc_axi_write_checker", {"MaxBursts": 0}, "MaxBursts"),
    ("pc_axi_lite_checker", {"AddressBits": 0}, "AddressBits"),
    ("pc_axi_lite_checker", {"MaxPending": 0}, "MaxPending"),
    ("pc_stream_checker", {"Width": 0}, "Width"),
    ("pc_axi_write", {"MaxBursts": 0}, "MaxBursts"),
    ("pc_echo_core", {"BlockWords": 65536}, "BlockWords"),
    ("pc_kernel", {"WriteBits": 128}, "WriteBits"),
    ("pc_kernel", {"NumPointers": 6}, "NumPointers"),
    ("pc_msm_arguments", {"LogPoints": 32}, "LogPoints"),
    ("pc_msm_arguments", {"LogMsms": 32}, "LogMsms"),
    ("pc_registers", {"Words": 257}, "Words"),
]
# Modules that hand their parameters on to those that check them, or take any value.
UNCHECKED = {
    "hadamard_fr", "msm_g1", "ntt_fr", "ntt_gl", "pc_bucket_unit", "pc_buckets", "pc_job_order", "pc_msm_core",
    "pc_hadamard_kernel", "pc_msm_kernel", "pc_ntt_arguments", "pc_ntt_commands", "pc_ntt_core", "pc_ntt_kernel", "pc_ntt_lane", "pc_ntt_load",
    "pc_ntt_positions", "pc_ntt_side", "pc_ntt_store",
}


def configuration(folder, body):
    path = pathlib.Path(folder) / "planted.sv"
    path.write_text(MODULE % body)
    return lint_rtl.Configuration("planted", "planted", ["-GDepth=3"], [str(path)])


class Findings(unittest.TestCase):
    def findings(self, command, body, define=()):
        with tempfile.TemporaryDirectory() as folder:
            done = lint_rtl.run(command(configuration(folder, body), list(define)))
        return done.stdout if done.returncode != 0 else ""

    def test_legal_code_has_none(self):
        for command in (lint_rtl.slang_command, lint_rtl.verilator_command):
            self.assertEqual(self.findings(command, LEGAL), "")

    def test_two_processes_that_drive_one_variable(self):
        body = """  always_ff @(posedge clk_i) data_o <= data_i;
  always_ff @(posedge clk_i) if (data_i) data_o <= 1'b0;"""
        self.assertIn("data_o", self.findings(lint_rtl.slang_command, body))

    def test_a_generate_loop_whose_processes_drive_one_variable(self):
        body = """  logic [1:0] bits_q;
  logic [1:0] words_q [2];
  for (genvar k = 0; k < 2; k++) begin : gen_bit
    always_ff @(posedge clk_i) words_q[bits_q[0]][k] <= data_i;
  end
  always_ff @(posedge clk_i) bits_q <= words_q[bits_q[1]];
  assign data_o = bits_q[0];"""
        self.assertIn("words_q", self.findings(lint_rtl.slang_command, body))

    def test_a_use_before_its_declaration(self):
        body = """  assign data_o = late_q;
  logic late_q;
  always_ff @(posedge clk_i) late_q <= data_i;"""
        self.assertIn("used before its declaration", self.findings(lint_rtl.slang_command, body))

    def test_a_width_that_does_not_fit(self):
        body = LEGAL + "\n  logic [1:0] two;\n  assign two = line_q;\n  logic unused;\n  assign unused = ^two;"
        self.assertIn("WIDTH", self.findings(lint_rtl.verilator_command, body))

    def test_what_is_wrong_with_SYNTHESIS_only(self):
        body = LEGAL + "\n`ifdef SYNTHESIS\n  always_comb missing = data_i;\n`endif"
        for command in (lint_rtl.slang_command, lint_rtl.verilator_command):
            self.assertEqual(self.findings(command, body), "")
            self.assertIn("missing", self.findings(command, body, ["+define+SYNTHESIS"]))

    def test_a_parameter_that_stops_elaboration(self):
        body = LEGAL + """\n  if (Depth == 3) $fatal(1, "planted: Depth: expected 4, found %0d", Depth);"""
        for command in (lint_rtl.slang_command, lint_rtl.verilator_command):
            self.assertIn("expected 4, found 3", self.findings(command, body))

    def test_the_whole_lint_says_and_counts_them(self):
        with tempfile.TemporaryDirectory() as folder:
            planted = configuration(folder, LEGAL + "\n  assign data_o = late;\n  logic late;\n  assign late = data_i;")
            said = io.StringIO()
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
                failures = lint_rtl.lint([planted], [])
        self.assertEqual(failures, 1)  # slang; the file is no module of rtl/
        self.assertIn("slang, planted:", said.getvalue())


class Configurations(unittest.TestCase):
    def test_a_list_that_is_missing_or_empty_or_broken_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rtl_configurations.txt"
            with self.assertRaisesRegex(SystemExit, "found no such file"):
                lint_rtl.built(path)
            path.write_text("")
            with self.assertRaisesRegex(SystemExit, "without Verilator"):
                lint_rtl.built(path)
            path.write_text("a\tb\n")
            with self.assertRaisesRegex(SystemExit, "txt:1: expected name, top, parameters, files"):
                lint_rtl.built(path)

    def test_the_kernels_are_checked_as_a_card_gets_them(self):
        tops = [(c.top, c.parameters) for c in lint_rtl.synthesised()]
        for kernel in lint_rtl.KERNELS:
            self.assertIn((kernel, []), tops)

    def test_what_is_the_same_is_checked_once(self):
        one = lint_rtl.Configuration("one", "msm_g1", ["-GA=1", "-GB=2"], ["f"])
        same = lint_rtl.Configuration("same", "msm_g1", ["-GB=2", "-GA=1"], ["g"])
        other = lint_rtl.Configuration("other", "msm_g1", ["-GA=1"], ["f"])
        self.assertCountEqual(lint_rtl.distinct([one, same, other]), [one, other])

    def test_with_SYNTHESIS_no_body_is_a_C_model(self):
        kernel = lint_rtl.Configuration("k", "msm_g1", ["-GWideBits=5", "-GBody=2"], [])
        bench = lint_rtl.Configuration("b", "msm_core_bench", [], [])
        self.assertEqual(lint_rtl.as_synthesised([kernel, bench]), [kernel._replace(parameters=["-GWideBits=5"])])


class Parameters(unittest.TestCase):
    """Illegal values stop elaboration with a message that names the module and the parameter."""

    def elaborate(self, module, parameters):
        values = [f"-G{name}={value}" for name, value in parameters.items()]
        source = str(lint_rtl.synth.find_source(module).relative_to(ROOT))
        files = [*lint_rtl.packages(), source, *lint_rtl.folders()]
        return lint_rtl.run(lint_rtl.slang_command(lint_rtl.Configuration(module, module, values, files), [])).stdout

    def test_each_check_stops_an_illegal_value(self):
        for module, parameters, name in ILLEGAL:
            with self.subTest(module=module, parameter=name):
                self.assertIn(f"{module}: {name}: expected", self.elaborate(module, parameters))

    def test_the_defaults_of_these_modules_are_legal(self):
        for module in sorted({module for module, _, _ in ILLEGAL}):
            with self.subTest(module=module):
                self.assertEqual(self.elaborate(module, {}), "")

    def test_no_check_and_no_module_with_parameters_is_left_out(self):
        checks, unchecked = set(), set()
        for path in ROOT.glob("rtl/*/*.sv"):
            text = path.read_text()
            found = re.findall(r'\$fatal\(1, "(\w+): (\w+): expected (?!one that can be synthesised)', text)
            checks.update(found)
            if not found and path.parent.name != "pkg" and re.search(r"^  parameter ", text, re.MULTILINE):
                unchecked.add(path.stem)
        self.assertEqual(checks, {(module, name) for module, _, name in ILLEGAL})
        self.assertEqual(unchecked, UNCHECKED)


if __name__ == "__main__":
    unittest.main()
