// All bodies of pc_gl_mul, and pc_gl_sums, side by side, for tests/rtl_ntt/gl_mul_test.cpp.
module gl_mul_bench (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        halve_i,
  input  logic [63:0] a_i,
  input  logic [63:0] b_i,
  output logic [63:0] structural_o,
  output logic [63:0] behavioural_o,
  output logic [63:0] dpi_o,
  output logic [63:0] sum_o,
  output logic [63:0] difference_o,
  output int unsigned mul_latency_o,
  output int unsigned sums_latency_o
);
  assign mul_latency_o = pc_gl_pkg::MUL_LATENCY;
  assign sums_latency_o = pc_gl_pkg::SUMS_LATENCY;
  pc_gl_mul #(.Body(pc_fq_pkg::BODY_STRUCTURAL)) u_structural (.clk_i, .rst_ni, .a_i, .b_i, .y_o(structural_o));
  pc_gl_mul #(.Body(pc_fq_pkg::BODY_BEHAVIOURAL)) u_behavioural (.clk_i, .rst_ni, .a_i, .b_i, .y_o(behavioural_o));
  pc_gl_mul #(.Body(pc_fq_pkg::BODY_DPI)) u_dpi (.clk_i, .rst_ni, .a_i, .b_i, .y_o(dpi_o));
  pc_gl_sums u_sums (.clk_i, .halve_i, .a_i, .b_i, .sum_o, .difference_o);
endmodule
