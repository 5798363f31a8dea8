// All bodies of pc_fq_mul side by side, for tests/rtl/fq_mul_test.cpp.
module fq_mul_bench (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] a_i,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] b_i,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] structural_o,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] behavioural_o,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] dpi_o,
  output int unsigned                        latency_o
);
  assign latency_o = pc_fq_pkg::FQ_MUL_LATENCY;
  pc_fq_mul #(.Body(pc_fq_pkg::BODY_STRUCTURAL)) u_structural (.clk_i, .rst_ni, .a_i, .b_i, .y_o(structural_o));
  pc_fq_mul #(.Body(pc_fq_pkg::BODY_BEHAVIOURAL)) u_behavioural (.clk_i, .rst_ni, .a_i, .b_i, .y_o(behavioural_o));
  pc_fq_mul #(.Body(pc_fq_pkg::BODY_DPI)) u_dpi (.clk_i, .rst_ni, .a_i, .b_i, .y_o(dpi_o));
endmodule
