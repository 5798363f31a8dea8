// Fully reduces an element of Fr: settled_o = value_i mod r.
//
// Range:   any value_i.
// Timing:  latency pc_fr_pkg::SETTLE_LATENCY = 8: top reduction, then r once less if that is not negative.
// Reset:   none.
// Test:    tests/rtl_ntt/fr_mul_test.cpp.
module pc_fr_settle (
  input  logic         clk_i,
  input  logic [255:0] value_i,
  output logic [255:0] settled_o
);
  logic [255:0] close, less, value_q, value_2_q, value_3_q;
  pc_fr_top_reduce u_reduce (.clk_i, .value_i({2'b0, value_i}), .reduced_o(close));
  pc_wide_add #(.Width(256), .CarryIn(1'b1)) u_subtract (
    .clk_i, .a_i(close), .b_i(~{2'b0, pc_fr_pkg::P}), .sum_o(less)
  );
  always_ff @(posedge clk_i) begin
    value_q <= close;
    value_2_q <= value_q;
    value_3_q <= value_2_q;
    settled_o <= less[255] ? value_3_q : less;
  end
endmodule
