// Sum and difference in Goldilocks: sum_o = a_i + b_i, difference_o = a_i - b_i, both halved when halve_i is set.
//
// Range:   a_i, b_i in [0, p); so are the results.
// Timing:  latency pc_gl_pkg::SUMS_LATENCY = 5, one pair a cycle: halves of 32 bits, correction, halving.
// Reset:   none.
// Model:   proofcard::rtl::gl_add, gl_subtract, gl_halve.  Test: tests/rtl_ntt/gl_mul_test.cpp.
module pc_gl_sums (
  input  logic        clk_i,
  input  logic        halve_i,
  input  logic [63:0] a_i,
  input  logic [63:0] b_i,
  output logic [63:0] sum_o,
  output logic [63:0] difference_o
);
  logic [31:0] a_high_q, b_high_q, sum_low_2_q, difference_low_2_q;
  logic [32:0] sum_low_q, difference_low_q, sum_high_q, difference_high_q;
  logic [63:0] sum_q, difference_q, sum_2_q, difference_2_q;
  logic excess_q, borrow_q;
  logic [3:0] halve_q;
  // A carry enters below the lowest bit, so that one chain does it.
  logic [33:0] sum_high, difference_high;
  assign sum_high = {1'b0, a_high_q, 1'b1} + {1'b0, b_high_q, sum_low_q[32]};
  assign difference_high = {1'b0, a_high_q, 1'b0} - {1'b0, b_high_q, difference_low_q[32]};
  always_ff @(posedge clk_i) begin
    halve_q <= {halve_q[2:0], halve_i};
    sum_low_q <= {1'b0, a_i[31:0]} + {1'b0, b_i[31:0]};
    difference_low_q <= {1'b0, a_i[31:0]} - {1'b0, b_i[31:0]};
    a_high_q <= a_i[63:32];
    b_high_q <= b_i[63:32];
    sum_high_q <= sum_high[33:1];
    sum_low_2_q <= sum_low_q[31:0];
    difference_high_q <= difference_high[33:1];
    difference_low_2_q <= difference_low_q[31:0];
    sum_q <= {sum_high_q[31:0], sum_low_2_q};
    excess_q <= sum_high_q[32] | ((&sum_high_q[31:0]) & (|sum_low_2_q));
    difference_q <= {difference_high_q[31:0], difference_low_2_q};
    borrow_q <= difference_high_q[32];
    sum_2_q <= sum_q + (excess_q ? pc_gl_pkg::NEG_P : 64'b0);
    difference_2_q <= difference_q + (borrow_q ? pc_gl_pkg::P : 64'b0);
    sum_o <= halved(sum_2_q, halve_q[3]);
    difference_o <= halved(difference_2_q, halve_q[3]);
  end
  function automatic logic [63:0] halved(logic [63:0] value, logic halve);
    halved = (halve ? {1'b0, value[63:1]} : value) + ((halve & value[0]) ? pc_gl_pkg::HALF : 64'b0);
  endfunction
  logic unused;
  assign unused = sum_high[0] ^ difference_high[0];
endmodule
