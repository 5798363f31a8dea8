// Montgomery's reduction for Fq with R = 2^256: reduced_o = (exact_i + (a multiple of p)) / 2^256.
//
// Range:   exact_i below 2^514; reduced_o < exact_i / 2^256 + 1.1313 p, below 2^258 by that; not below p: sums stay lazy.
// Timing:  latency pc_fq_pkg::REDC_LATENCY = 58: ten digits of 5 cycles, 4 for the last quotient, 4 to settle carries.
//          The upper half of exact_i waits in a delay line and is added at the end.
// Reset:   rst_ni is for delay lines; no other state.
// Model:   proofcard::rtl::redc, pc_fq_pkg::redc.  Test: tests/rtl/fq_mul_test.cpp (through pc_fq_mul).
module pc_fq_redc (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic [pc_fq_pkg::EXACT_BITS-1:0]   exact_i,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] reduced_o
);
  /* verilator no_inline_module */  // one copy of its code for all instances
  // State n enters digit n; state 10 is the result times 2^26.
  logic [285:0] state [11];
  logic [5:0] sum_carry [11];
  logic [5:0] side_carry [11];
  assign state[0] = {30'b0, exact_i[255:0]};
  assign sum_carry[0] = '0;
  assign side_carry[0] = '0;

  pc_redc_step #(.DigitBits(22), .Shift(22), .FirstIn(22), .FirstOut(52), .K(pc_fq_pkg::K22)) u_step_0 (
    .clk_i, .rst_ni,
    .digit_i(exact_i[21:0]),
    .state_i(state[0]), .sum_carry_i(sum_carry[0]), .side_carry_i(side_carry[0]),
    .state_o(state[1]), .sum_carry_o(sum_carry[1]), .side_carry_o(side_carry[1])
  );
  for (genvar n = 1; n < 9; n++) begin : gen_step
    localparam int unsigned FirstIn = (n % 2 == 1) ? 52 : 26;
    pc_redc_step #(.FirstIn(FirstIn), .FirstOut(78 - FirstIn)) u_step (
      .clk_i, .rst_ni,
      .digit_i(state[n][25:0]),
      .state_i(state[n]), .sum_carry_i(sum_carry[n]), .side_carry_i(side_carry[n]),
      .state_o(state[n+1]), .sum_carry_o(sum_carry[n+1]), .side_carry_o(side_carry[n+1])
    );
  end

  // The last digit's quotient is digit * NEG_INV mod 2^26, from two tiles.
  logic [25:0] digit_q, quotient_q;
  logic [42:0] m0_q, p0_q;
  logic [17:0] m1_q, p1_q;
  always_ff @(posedge clk_i) begin
    digit_q <= state[9][25:0];
    m0_q <= {17'b0, digit_q} * {26'b0, pc_fq_pkg::NEG_INV[16:0]};
    m1_q <= {9'b0, digit_q[8:0]} * {9'b0, pc_fq_pkg::NEG_INV[25:17]};
    p0_q <= m0_q;
    p1_q <= m1_q;
    quotient_q <= p0_q[25:0] + {p1_q[8:0], 17'b0};
  end
  logic [285:0] last_state;
  logic [5:0] last_sum_carry, last_side_carry;
  pc_delay #(.Width(298), .Depth(pc_fq_pkg::QUOTIENT_LATENCY)) u_last (
    .clk_i, .rst_ni,
    .data_i({state[9], sum_carry[9], side_carry[9]}),
    .data_o({last_state, last_sum_carry, last_side_carry})
  );
  pc_redc_step #(.Shift(0), .FirstIn(52), .FirstOut(52), .K({1'b0, pc_fq_pkg::P})) u_step_9 (
    .clk_i, .rst_ni,
    .digit_i(quotient_q),
    .state_i(last_state), .sum_carry_i(last_sum_carry), .side_carry_i(last_side_carry),
    .state_o(state[10]), .sum_carry_o(sum_carry[10]), .side_carry_o(side_carry[10])
  );

  logic [257:0] upper;
  pc_delay #(.Width(258), .Depth(10 * pc_fq_pkg::STEP_LATENCY + pc_fq_pkg::QUOTIENT_LATENCY)) u_upper (
    .clk_i, .rst_ni, .data_i(exact_i[513:256]), .data_o(upper)
  );

  // Result = state 10 / 2^26 + upper, in pieces of 26, 52, 52, 52, 52 and 24 bits; then the carries.
  logic [5:0] generate_carry, propagate, carry_q;
  logic [6:0] added_carry;
  logic [5:0] side_foot, sum_foot_q;
  assign added_carry[0] = 1'b0;
  assign side_foot = {side_carry[10][5:1], 1'b0};
  always_ff @(posedge clk_i) sum_foot_q <= {sum_carry[10][5:1], 1'b0};
  for (genvar k = 0; k < 6; k++) begin : gen_piece
    localparam int unsigned Low = (k == 0) ? 0 : 26 + 52 * (k - 1);
    localparam int unsigned Bits = (k == 0) ? 26 : (k == 5) ? 24 : 52;
    logic [Bits+1:0] added, settled;
    logic [Bits-1:0] added_q, settled_q, settled_2_q;
    logic added_carry_q, generate_q;
    assign added = {1'b0, state[10][26+Low+:Bits], 1'b1} + {1'b0, upper[Low+:Bits], side_foot[k]};
    assign settled = {1'b0, added_q, 1'b1} + {{Bits{1'b0}}, sum_foot_q[k], added_carry[k]};
    always_ff @(posedge clk_i) begin
      added_q <= added[Bits:1];
      added_carry_q <= added[Bits+1];
      settled_q <= settled[Bits:1];
      generate_q <= settled[Bits+1];
      settled_2_q <= settled_q;
      reduced_o[Low+:Bits] <= settled_2_q + Bits'(carry_q[k]);
    end
    assign added_carry[k+1] = added_carry_q;
    assign generate_carry[k] = generate_q;
    assign propagate[k] = &settled_q;
    logic unused_low;
    assign unused_low = added[0] ^ settled[0];
  end
  pc_carry_prefix #(.Num(6)) u_prefix (.clk_i, .generate_i(generate_carry), .propagate_i(propagate), .carry_o(carry_q));

  logic unused;
  assign unused = ^{exact_i[527:514], p0_q[42:26], p1_q[17:9], m1_q[17], state[10][25:0], state[10][285:284],
                    sum_carry[10][0], side_carry[10][0], added_carry[6]};
endmodule
