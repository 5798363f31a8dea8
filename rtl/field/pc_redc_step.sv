// One digit of Montgomery's reduction: state_o = (state_i >> Shift) + digit * K, where K is one of pc_fq_pkg's constants
// and digit is digit_i, at most 26 bits.
//
// Shape:   a state is 286 bits in pieces: the first of FirstIn (FirstOut) bits, then of 52. Each sum stays in its piece; of
//          the carries, two may be pending at the foot of a piece: sum_carry (of this step's last sum) and side_carry (of
//          one of its first sums). Piece boundaries keep their place in the number, so all pending carries below a digit
//          are settled when it is used.
// Range:   state_i >> Shift and digit * K below 2^281, so their sum fits; asserted.
// Timing:  latency pc_fq_pkg::STEP_LATENCY = 5: three registers of the DSP blocks, two sums of at most 54 bits.
// Reset:   none.
// Test:    tests/rtl/fq_mul_test.cpp (through pc_fq_mul).
module pc_redc_step #(
  parameter int unsigned DigitBits = 26,
  parameter int unsigned Shift = 26,
  parameter int unsigned FirstIn = 26,
  parameter int unsigned FirstOut = 52,
  parameter logic [254:0] K = pc_fq_pkg::K26
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic [DigitBits-1:0] digit_i,
  input  logic [285:0] state_i,
  input  logic [5:0]   sum_carry_i,
  input  logic [5:0]   side_carry_i,
  output logic [285:0] state_o,
  output logic [5:0]   sum_carry_o,
  output logic [5:0]   side_carry_o
);
  if (DigitBits == 0 || DigitBits > 26) $fatal(1, "pc_redc_step: DigitBits: expected 1 to 26, found %0d", DigitBits);
  if (FirstOut == 0 || FirstOut > 52) $fatal(1, "pc_redc_step: FirstOut: expected 1 to 52, found %0d", FirstOut);
  /* verilator no_inline_module */  // one copy of its code for all instances
  localparam int unsigned NumTiles = 15;

  // DSP registers: the digit, the product, the output.
  logic [25:0] digit_q;
  always_ff @(posedge clk_i) digit_q <= 26'(digit_i);
  logic [42:0] tile [NumTiles];
  for (genvar j = 0; j < NumTiles; j++) begin : gen_tile
    logic [42:0] m_q, p_q;
    always_ff @(posedge clk_i) begin
      m_q <= {17'b0, digit_q} * {26'b0, K[17*j+:17]};
      p_q <= m_q;
    end
    assign tile[j] = p_q;
  end
  // Tiles that do not overlap share a vector.
  logic [285:0] v0, v1, v2;
  assign v0 = 286'({8'b0, tile[12], 8'b0, tile[9], 8'b0, tile[6], 8'b0, tile[3], 8'b0, tile[0]});
  assign v1 = 286'({tile[13], 8'b0, tile[10], 8'b0, tile[7], 8'b0, tile[4], 8'b0, tile[1], 17'b0});
  assign v2 = 286'({tile[14], 8'b0, tile[11], 8'b0, tile[8], 8'b0, tile[5], 8'b0, tile[2], 34'b0});

  // A boundary that becomes the foot of the state takes piece 0's place.
  localparam int unsigned Moved = (Shift == FirstIn) ? 1 : 0;
  logic [285:0] rest;
  logic [5:0] sum_carry, side_carry;
  pc_delay #(.Width(286 - Shift + 12), .Depth(3)) u_rest (
    .clk_i, .rst_ni,
    .data_i({state_i[285:Shift], sum_carry_i, side_carry_i}),
    .data_o({rest[285-Shift:0], sum_carry, side_carry})
  );
  if (Shift > 0) begin : gen_fill
    assign rest[285:286-Shift] = '0;
    logic unused_digit;
    assign unused_digit = ^state_i[Shift-1:0];
  end

  // Carries into the foot of each piece, 6 for what would leave the top.
  logic [6:0] uv_carry, side_carry_out, sum_carry_out;
  assign uv_carry[0] = 1'b0;
  assign side_carry_out[0] = 1'b0;
  assign sum_carry_out[0] = 1'b0;
  for (genvar k = 0; k < 6; k++) begin : gen_piece
    localparam int unsigned Low = (k == 0) ? 0 : FirstOut + 52 * (k - 1);
    localparam int unsigned Bits = (k == 0) ? FirstOut : (Low + 52 > 286) ? 286 - Low : 52;
    logic sum_in, side_in;
    if (k + Moved < 6) begin : gen_in
      assign sum_in = sum_carry[k+Moved];
      assign side_in = side_carry[k+Moved];
    end else begin : gen_no_in
      assign sum_in = 1'b0;
      assign side_in = 1'b0;
    end
    // A carry enters below the lowest bit, so that one chain does it.
    logic [Bits+1:0] uv, tw, xs;
    logic [Bits-1:0] u_q, w_q, x_q;
    assign uv = {1'b0, v0[Low+:Bits], 1'b1} + {1'b0, v1[Low+:Bits], side_in};
    assign tw = {1'b0, rest[Low+:Bits], 1'b1} + {1'b0, v2[Low+:Bits], sum_in};
    assign xs = {1'b0, u_q, 1'b1} + {1'b0, w_q, uv_carry[k]};
    logic uv_carry_q, side_first_q, side_q, sum_q;
    always_ff @(posedge clk_i) begin
      u_q <= uv[Bits:1];
      w_q <= tw[Bits:1];
      uv_carry_q <= uv[Bits+1];
      side_first_q <= tw[Bits+1];
      side_q <= side_first_q;
      x_q <= xs[Bits:1];
      sum_q <= xs[Bits+1];
    end
    assign state_o[Low+:Bits] = x_q;
    assign uv_carry[k+1] = uv_carry_q;
    assign side_carry_out[k+1] = side_q;
    assign sum_carry_out[k+1] = sum_q;
    logic unused_low;
    assign unused_low = uv[0] ^ tw[0] ^ xs[0];
  end
  assign sum_carry_o = sum_carry_out[5:0];
  assign side_carry_o = side_carry_out[5:0];
  logic unused;
  assign unused = uv_carry[6] ^ side_carry_out[6] ^ sum_carry_out[6];
endmodule
