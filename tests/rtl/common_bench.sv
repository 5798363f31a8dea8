// Cells of rtl/common in several sizes. For tests/rtl/common_test.cpp.
module common_bench (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [7:0]   data_i,
  output logic [63:0]  delayed_o,
  input  logic [256:0] a_i,
  input  logic [256:0] b_i,
  output logic [255:0] sum_256_o,
  output logic [256:0] sum_257_o,
  output logic [39:0]  sum_40_o
);
  pc_delay #(.Width(8), .Depth(0)) u_delay_0 (.clk_i, .rst_ni, .data_i, .data_o(delayed_o[0+:8]));
  pc_delay #(.Width(8), .Depth(1)) u_delay_1 (.clk_i, .rst_ni, .data_i, .data_o(delayed_o[8+:8]));
  pc_delay #(.Width(8), .Depth(2)) u_delay_2 (.clk_i, .rst_ni, .data_i, .data_o(delayed_o[16+:8]));
  pc_delay #(.Width(8), .Depth(3)) u_delay_3 (.clk_i, .rst_ni, .data_i, .data_o(delayed_o[24+:8]));
  pc_delay #(.Width(8), .Depth(4)) u_delay_4 (.clk_i, .rst_ni, .data_i, .data_o(delayed_o[32+:8]));
  pc_delay #(.Width(8), .Depth(5)) u_delay_5 (.clk_i, .rst_ni, .data_i, .data_o(delayed_o[40+:8]));
  pc_delay #(.Width(8), .Depth(33)) u_delay_33 (.clk_i, .rst_ni, .data_i, .data_o(delayed_o[48+:8]));
  pc_delay #(.Width(8), .Depth(158)) u_delay_158 (.clk_i, .rst_ni, .data_i, .data_o(delayed_o[56+:8]));

  pc_wide_add #(.Width(256)) u_sum_256 (.clk_i, .a_i(a_i[255:0]), .b_i(b_i[255:0]), .sum_o(sum_256_o));
  pc_wide_add #(.Width(257), .CarryIn(1'b1)) u_sum_257 (.clk_i, .a_i, .b_i, .sum_o(sum_257_o));
  pc_wide_add #(.Width(40), .CarryIn(1'b1)) u_sum_40 (.clk_i, .a_i(a_i[39:0]), .b_i(b_i[39:0]), .sum_o(sum_40_o));
endmodule
