// Takes a lazily reduced number close to [0, p): reduced_o = value_i - floor(h * 2^253 / p) * p, h = value_i[257:253].
//
// Range:   any value_i below 2^258; reduced_o is congruent to it and below p + 2^253 < 1.6613 p < 2^255.
// Timing:  latency LATENCY = 4: a table of 32 multiples of p, and pc_wide_add.
// Reset:   none.
// Model:   proofcard::rtl::reduce_top.  Test: tests/rtl/point_add_test.cpp (through pc_point_add).
module pc_top_reduce (
  input  logic                               clk_i,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] value_i,
  output logic [255:0]                       reduced_o
);
  localparam int unsigned Bits = pc_fq_pkg::REDUCED_BITS;
  logic [Bits-1:0] value_q, inverted_q, difference, inverted;
  // A constant table, one look-up table of five inputs a bit.
  logic [Bits-1:0] multiple_table [32];
  for (genvar h = 0; h < 32; h++) begin : gen_table
    localparam logic [Bits-1:0] Multiple = pc_fq_pkg::top_multiple(5'(h));
    assign multiple_table[h] = ~Multiple;
  end
  assign inverted = multiple_table[value_i[Bits-1-:5]];
  always_ff @(posedge clk_i) begin
    value_q <= value_i;
    inverted_q <= inverted;
  end
  pc_wide_add #(.Width(Bits), .CarryIn(1'b1)) u_subtract (
    .clk_i, .a_i(value_q), .b_i(inverted_q), .sum_o(difference)
  );
  assign reduced_o = difference[255:0];
  logic unused;
  assign unused = ^difference[Bits-1:256];
endmodule
