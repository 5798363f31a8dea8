// All bodies of pc_fr_mul, pc_fr_sums and pc_fr_settle side by side, for fr_mul_test.cpp.
module fr_mul_bench (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         halve_i,
  input  logic [255:0] a_i,
  input  logic [255:0] b_i,
  output logic [255:0] structural_o,
  output logic [255:0] behavioural_o,
  output logic [255:0] dpi_o,
  output logic [255:0] sum_o,
  output logic [255:0] difference_o,
  output logic [255:0] settled_o,
  output int unsigned  mul_latency_o,
  output int unsigned  sums_latency_o,
  output int unsigned  settle_latency_o
);
  assign mul_latency_o = pc_fr_pkg::MUL_LATENCY;
  assign sums_latency_o = pc_fr_pkg::SUMS_LATENCY;
  assign settle_latency_o = pc_fr_pkg::SETTLE_LATENCY;
  pc_fr_mul #(.Body(pc_fq_pkg::BODY_STRUCTURAL)) u_structural (.clk_i, .rst_ni, .a_i, .b_i, .y_o(structural_o));
  pc_fr_mul #(.Body(pc_fq_pkg::BODY_BEHAVIOURAL)) u_behavioural (.clk_i, .rst_ni, .a_i, .b_i, .y_o(behavioural_o));
  pc_fr_mul #(.Body(pc_fq_pkg::BODY_DPI)) u_dpi (.clk_i, .rst_ni, .a_i, .b_i, .y_o(dpi_o));
  pc_fr_sums u_sums (.clk_i, .halve_i, .a_i, .b_i, .sum_o, .difference_o);
  pc_fr_settle u_settle (.clk_i, .value_i(a_i), .settled_o);
endmodule
