// The factors of the first products of a point addition, of one point: X, Y, Z, X + Y, Y + Z, X + Z, 257 bits each.
//
// Timing:  latency pc_fq_pkg::WIDE_ADD_LATENCY.
// Reset:   rst_ni is for delay lines.
// Test:    tests/rtl/point_add_test.cpp.
module pc_coord_sums (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [767:0]     point_i,
  output logic [6*257-1:0] sums_o
);
  logic [256:0] x, y, z;
  assign x = {1'b0, point_i[0+:256]};
  assign y = {1'b0, point_i[256+:256]};
  assign z = {1'b0, point_i[512+:256]};
  pc_delay #(.Width(3 * 257), .Depth(pc_fq_pkg::WIDE_ADD_LATENCY)) u_point (
    .clk_i, .rst_ni, .data_i({z, y, x}), .data_o(sums_o[0+:3*257])
  );
  pc_wide_add #(.Width(257)) u_xy (.clk_i, .a_i(x), .b_i(y), .sum_o(sums_o[3*257+:257]));
  pc_wide_add #(.Width(257)) u_yz (.clk_i, .a_i(y), .b_i(z), .sum_o(sums_o[4*257+:257]));
  pc_wide_add #(.Width(257)) u_xz (.clk_i, .a_i(x), .b_i(z), .sum_o(sums_o[5*257+:257]));
endmodule
