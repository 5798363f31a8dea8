// A field's sum and difference: sum_o = a_i + b_i, difference_o = a_i - b_i, both halved when halve_i is set.
//
// Range, Timing, Reset: those of pc_gl_sums and pc_fr_sums.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_sums #(
  parameter int unsigned Field = pc_ntt_pkg::FIELD_GL,
  localparam int unsigned Bits = (Field == pc_ntt_pkg::FIELD_GL) ? 64 : 256
) (
  input  logic            clk_i,
  input  logic            halve_i,
  input  logic [Bits-1:0] a_i,
  input  logic [Bits-1:0] b_i,
  output logic [Bits-1:0] sum_o,
  output logic [Bits-1:0] difference_o
);
  if (Field > pc_ntt_pkg::FIELD_FR) $fatal(1, "pc_ntt_sums: Field: expected 0 or 1, found %0d", Field);
  if (Field == pc_ntt_pkg::FIELD_GL) begin : gen_gl
    pc_gl_sums u_sums (.clk_i, .halve_i, .a_i, .b_i, .sum_o, .difference_o);
  end else begin : gen_fr
    pc_fr_sums u_sums (.clk_i, .halve_i, .a_i, .b_i, .sum_o, .difference_o);
  end
endmodule
