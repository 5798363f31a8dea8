// Montgomery's reduction for Fr with R = 2^260: reduced_o = (exact_i + (a multiple of r)) / 2^260.
//
// Range:   exact_i below 2^516; reduced_o < exact_i / 2^260 + 2.0001 r, below 2^258 by that.
// Timing:  latency pc_fr_pkg::REDC_LATENCY = 55: ten digits of 5 cycles, one for the last quotient, 4 to settle carries.
//          The upper part of exact_i waits in a delay line and is added at the end, as in pc_fq_redc.
// Reset:   rst_ni is for delay lines; no other state.
// Model:   proofcard::rtl::fr_redc, pc_fr_pkg::redc.  Test: tests/rtl_ntt/fr_mul_test.cpp (through pc_fr_mul).
module pc_fr_redc (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [515:0] exact_i,
  output logic [257:0] reduced_o
);
  /* verilator no_inline_module */  // one copy of its code for all instances
  // State n enters digit n; state 10 is the result times 2^26.
  logic [285:0] state [11];
  logic [5:0] sum_carry [11];
  logic [5:0] side_carry [11];
  assign state[0] = {26'b0, exact_i[259:0]};
  assign sum_carry[0] = '0;
  assign side_carry[0] = '0;
  for (genvar n = 0; n < 9; n++) begin : gen_step
    localparam int unsigned FirstIn = (n % 2 == 1) ? 52 : 26;
    pc_redc_step #(.FirstIn(FirstIn), .FirstOut(78 - FirstIn), .K(pc_fr_pkg::K26)) u_step (
      .clk_i, .rst_ni,
      .digit_i(state[n][25:0]),
      .state_i(state[n]), .sum_carry_i(sum_carry[n]), .side_carry_i(side_carry[n]),
      .state_o(state[n+1]), .sum_carry_o(sum_carry[n+1]), .side_carry_o(side_carry[n+1])
    );
  end

  logic [25:0] quotient_q;
  logic [285:0] last_state_q;
  logic [5:0] last_sum_carry_q, last_side_carry_q;
  always_ff @(posedge clk_i) begin
    quotient_q <= 26'd0 - state[9][25:0];
    last_state_q <= state[9];
    last_sum_carry_q <= sum_carry[9];
    last_side_carry_q <= side_carry[9];
  end
  pc_redc_step #(.Shift(0), .FirstIn(52), .FirstOut(52), .K({1'b0, pc_fr_pkg::P})) u_step_9 (
    .clk_i, .rst_ni,
    .digit_i(quotient_q),
    .state_i(last_state_q), .sum_carry_i(last_sum_carry_q), .side_carry_i(last_side_carry_q),
    .state_o(state[10]), .sum_carry_o(sum_carry[10]), .side_carry_o(side_carry[10])
  );

  logic [257:0] upper;
  pc_delay #(.Width(256), .Depth(10 * 5 + 1)) u_upper (
    .clk_i, .rst_ni, .data_i(exact_i[515:260]), .data_o(upper[255:0])
  );
  assign upper[257:256] = '0;

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
  assign unused = ^{state[10][25:0], state[10][285:284], sum_carry[10][0], side_carry[10][0], added_carry[6]};
endmodule
