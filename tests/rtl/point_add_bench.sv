// All bodies of pc_point_add side by side, for tests/rtl/point_add_test.cpp.
module point_add_bench (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         valid_i,
  input  logic [15:0]  tag_i,
  input  logic [767:0] a_i,
  input  logic [767:0] b_i,
  output logic [2:0]   valid_o,
  output logic [47:0]  tag_o,
  output logic [767:0] structural_o,
  output logic [767:0] behavioural_o,
  output logic [767:0] dpi_o,
  output int unsigned  latency_o
);
  assign latency_o = pc_fq_pkg::ADD_LATENCY;
  pc_point_add #(.Body(pc_fq_pkg::BODY_STRUCTURAL)) u_structural (
    .clk_i, .rst_ni, .valid_i, .tag_i, .a_i, .b_i, .valid_o(valid_o[0]), .tag_o(tag_o[0+:16]), .sum_o(structural_o)
  );
  pc_point_add #(.Body(pc_fq_pkg::BODY_BEHAVIOURAL)) u_behavioural (
    .clk_i, .rst_ni, .valid_i, .tag_i, .a_i, .b_i, .valid_o(valid_o[1]), .tag_o(tag_o[16+:16]), .sum_o(behavioural_o)
  );
  pc_point_add #(.Body(pc_fq_pkg::BODY_DPI)) u_dpi (
    .clk_i, .rst_ni, .valid_i, .tag_i, .a_i, .b_i, .valid_o(valid_o[2]), .tag_o(tag_o[32+:16]), .sum_o(dpi_o)
  );
endmodule
