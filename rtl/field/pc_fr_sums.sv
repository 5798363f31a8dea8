// Sum and difference in Fr: sum_o = a_i + b_i, difference_o = a_i - b_i, both halved when halve_i is set.
//
// Range:   a_i, b_i below 4 r; the results are below 1.6614 r, congruent to what they stand for.
// Timing:  latency pc_fr_pkg::SUMS_LATENCY = 11, one pair a cycle: operands (the difference plus 4 r in carry-save form), sum, top
//          reduction, halving.
// Reset:   none.
// Test:    tests/rtl_ntt/fr_mul_test.cpp.
module pc_fr_sums (
  input  logic         clk_i,
  input  logic         halve_i,
  input  logic [255:0] a_i,
  input  logic [255:0] b_i,
  output logic [255:0] sum_o,
  output logic [255:0] difference_o
);
  localparam logic [257:0] Bias = {2'b0, pc_fr_pkg::P, 2'b0};           // 4 r
  localparam logic [255:0] Half = {2'b0, 254'((255'(pc_fr_pkg::P) + 255'd1) >> 1)};  // (r + 1) / 2
  logic [257:0] a, inverted, a_q, b_q, save_q, carry_q;
  assign a = {2'b0, a_i};
  assign inverted = ~{2'b0, b_i};
  always_ff @(posedge clk_i) begin
    a_q <= a;
    b_q <= {2'b0, b_i};
    save_q <= a ^ inverted ^ Bias;
    carry_q <= {(a[256:0] & inverted[256:0]) | (a[256:0] & Bias[256:0]) | (inverted[256:0] & Bias[256:0]), 1'b0};
  end
  logic [7:0] halve_q;
  always_ff @(posedge clk_i) halve_q <= {halve_q[6:0], halve_i};
  for (genvar k = 0; k < 2; k++) begin : gen_result
    logic [257:0] exact;
    logic [255:0] reduced, result;
    pc_wide_add #(.Width(258), .CarryIn(k == 1)) u_add (
      .clk_i, .a_i((k == 1) ? save_q : a_q), .b_i((k == 1) ? carry_q : b_q), .sum_o(exact)
    );
    pc_fr_top_reduce u_reduce (.clk_i, .value_i(exact), .reduced_o(reduced));
    pc_wide_add #(.Width(256)) u_halve (
      .clk_i, .a_i(halve_q[7] ? {1'b0, reduced[255:1]} : reduced), .b_i((halve_q[7] & reduced[0]) ? Half : 256'b0), .sum_o(result)
    );
    if (k == 1) begin : gen_difference
      assign difference_o = result;
    end else begin : gen_sum
      assign sum_o = result;
    end
  end
  logic unused;
  assign unused = a[257] ^ inverted[257];
endmodule
