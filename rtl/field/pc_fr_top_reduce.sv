// Takes a lazily reduced number close to [0, r): reduced_o = value_i - floor(h * 2^253 / r) * r, h = value_i[257:253].
//
// Range:   any value_i; reduced_o is congruent to it and below r + 2^253 < 1.6614 r < 2^255.
// Timing:  latency 4: a table of 32 multiples of r, and pc_wide_add.
// Reset:   none.
// Test:    tests/rtl_ntt/fr_mul_test.cpp (through pc_fr_sums).
module pc_fr_top_reduce (
  input  logic         clk_i,
  input  logic [257:0] value_i,
  output logic [255:0] reduced_o
);
  logic [257:0] value_q, inverted_q, difference;
  logic [257:0] multiple_table [32];
  for (genvar h = 0; h < 32; h++) begin : gen_table
    localparam logic [257:0] Multiple = pc_fr_pkg::top_multiple(5'(h));
    assign multiple_table[h] = ~Multiple;
  end
  always_ff @(posedge clk_i) begin
    value_q <= value_i;
    inverted_q <= multiple_table[value_i[257:253]];
  end
  pc_wide_add #(.Width(258), .CarryIn(1'b1)) u_subtract (.clk_i, .a_i(value_q), .b_i(inverted_q), .sum_o(difference));
  assign reduced_o = difference[255:0];
  logic unused;
  assign unused = ^difference[257:256];
endmodule
