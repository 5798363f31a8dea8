// A field's multiplier: y_o = a_i * b_i, for Fr divided by 2^260.
//
// Range, Timing, Reset, Body: those of pc_gl_mul and pc_fr_mul.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_mul #(
  parameter int unsigned Field = pc_ntt_pkg::FIELD_GL,
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL,
  localparam int unsigned Bits = (Field == pc_ntt_pkg::FIELD_GL) ? 64 : 256
) (
  input  logic            clk_i,
  input  logic            rst_ni,
  input  logic [Bits-1:0] a_i,
  input  logic [Bits-1:0] b_i,
  output logic [Bits-1:0] y_o
);
  if (Field > pc_ntt_pkg::FIELD_FR) $fatal(1, "pc_ntt_mul: Field: expected 0 or 1, found %0d", Field);
  if (Field == pc_ntt_pkg::FIELD_GL) begin : gen_gl
    pc_gl_mul #(.Body(Body)) u_mul (.clk_i, .rst_ni, .a_i, .b_i, .y_o);
  end else begin : gen_fr
    pc_fr_mul #(.Body(Body)) u_mul (.clk_i, .rst_ni, .a_i, .b_i, .y_o);
  end
endmodule
