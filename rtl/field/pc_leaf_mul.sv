// Product of two 68-bit numbers from twelve 26 x 17 tiles, one DSP block each.
//
// Range:   any inputs; product_o is a chunk vector of four unsigned chunks of 38 bits, whose value is exactly a_i * b_i.
// Timing:  latency pc_fq_pkg::LEAF_LATENCY = 6, one product a cycle: three registers for the DSP block (A/B, M, P) and
//          three levels of sums, each at most 38 bits.
// Reset:   none; the pipeline holds no state.
// Test:    tests/rtl/fq_mul_test.cpp (through pc_fq_mul).
module pc_leaf_mul (
  input  logic           clk_i,
  input  logic [67:0]    a_i,
  input  logic [67:0]    b_i,
  output logic [4*38-1:0] product_o
);
  logic [77:0] a_q;
  logic [67:0] b_q;
  always_ff @(posedge clk_i) begin
    a_q <= {10'b0, a_i};
    b_q <= b_i;
  end

  logic [42:0] tile [12];  // tile 4 i + j has weight 2^(26 i + 17 j)
  for (genvar i = 0; i < 3; i++) begin : gen_row
    for (genvar j = 0; j < 4; j++) begin : gen_tile
      logic [42:0] m_q, p_q;
      always_ff @(posedge clk_i) begin
        m_q <= {17'b0, a_q[26*i+:26]} * {26'b0, b_q[17*j+:17]};
        p_q <= m_q;
      end
      assign tile[4*i+j] = p_q;
    end
  end

  // Tiles that do not overlap share a vector. Bits above 137 would be bits of a product of more than 136 bits.
  logic [136:0] v0, v1, v2, v3, v4, v5;
  assign v0 = {8'b0, tile[10], tile[5], tile[0]};
  assign v1 = {tile[11][33:0], tile[6], tile[1], 17'b0};
  assign v2 = {25'b0, tile[9], tile[4], 26'b0};
  assign v3 = {17'b0, tile[7], tile[2], 34'b0};
  assign v4 = {43'b0, tile[3], 51'b0};
  assign v5 = {42'b0, tile[8], 52'b0};

  for (genvar k = 0; k < 4; k++) begin : gen_chunk
    localparam int unsigned Bits = (k == 3) ? 38 : 33;
    logic [37:0] s01_q, s23_q, s45_q, s0123_q, s45_2_q, s_q;
    always_ff @(posedge clk_i) begin
      s01_q <= 38'(v0[33*k+:Bits]) + 38'(v1[33*k+:Bits]);
      s23_q <= 38'(v2[33*k+:Bits]) + 38'(v3[33*k+:Bits]);
      s45_q <= 38'(v4[33*k+:Bits]) + 38'(v5[33*k+:Bits]);
      s0123_q <= s01_q + s23_q;
      s45_2_q <= s45_q;
      s_q <= s0123_q + s45_2_q;
    end
    assign product_o[38*k+:38] = s_q;
  end
  logic unused;
  assign unused = ^tile[11][42:34];
endmodule
