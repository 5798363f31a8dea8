// First half of the complete point addition: six products of sums of coordinates, combined before they are reduced.
//
// Source:  Renes, Costello, Batina, "Complete addition formulas for prime order elliptic curves" (2016), algorithm 7, a = 0,
//          b3 = 9. Reductions come after the sums of products, which gives the same number of them (six) and smaller values:
//            s = 3 X1 X2            u = X1 Y2 + X2 Y1        v = Y1 Z2 + Y2 Z1
//            w = 9 (X1 Z2 + X2 Z1)  m = Y1 Y2 - 9 Z1 Z2      n = Y1 Y2 + 9 Z1 Z2
// Range:   coordinates below 1.6613 p; s < 2.70 p, u, v < 2.18 p, w < 10.53 p, m < 6.57 p, n < 6.35 p.
// Timing:  latency pc_fq_pkg::FIRST_LATENCY, one pair of points a cycle.
// Reset:   rst_ni is for delay lines.
// Model:   proofcard::rtl::point_add.  Test: tests/rtl/point_add_test.cpp.
module pc_point_first (
  input  logic         clk_i,
  input  logic         rst_ni,
  // Index 0: X, 1: Y, 2: Z, 3: X + Y, 4: Y + Z, 5: X + Z, of 257 bits each.
  input  logic [6*257-1:0] a_i,
  input  logic [6*257-1:0] b_i,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] s_o,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] u_o,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] v_o,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] w_o,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] m_o,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] n_o
);
  localparam int unsigned Num = pc_fq_pkg::NUM_CHUNKS;
  localparam int unsigned In = pc_fq_pkg::PRODUCT_CHUNK;
  localparam int unsigned Out = pc_fq_pkg::SUM_CHUNK;
  localparam logic [pc_fq_pkg::EXACT_BITS-1:0] PSquared =
      pc_fq_pkg::EXACT_BITS'(pc_fq_pkg::P) * pc_fq_pkg::EXACT_BITS'(pc_fq_pkg::P);
  // More than 9 Z1 Z2 can be: 9 * 1.6613^2 < 26.
  localparam logic [pc_fq_pkg::EXACT_BITS-1:0] MBias = PSquared * pc_fq_pkg::EXACT_BITS'(26);
  localparam logic [Num*Out-1:0] Bias43 = pc_fq_pkg::biased('0, 43);
  localparam logic [Num*Out-1:0] Bias45 = pc_fq_pkg::biased('0, 45);
  localparam logic [Num*Out-1:0] MBias45 = pc_fq_pkg::biased(MBias, 45);

  logic [Num*In-1:0] product [6];
  for (genvar n = 0; n < 6; n++) begin : gen_product
    pc_mul_wide u_mul (
      .clk_i, .a_i({1'b0, a_i[257*n+:257]}), .b_i({1'b0, b_i[257*n+:257]}), .product_o(product[n])
    );
  end

  // Cycle 1: sums that are subtracted, biases, 9 Z1 Z2; products that wait.
  logic [Num*Out-1:0] xx_biased, xx_yy, yy_zz, xx_zz, u_biased, v_biased, w_biased, nine_zz, m_biased, n_biased;
  logic [Num*In-1:0] xx_q;
  always_ff @(posedge clk_i) xx_q <= product[0];
  pc_chunk_add #(.ABits(In)) u_xx (.clk_i, .a_i(product[0]), .b_i(Bias43), .out_o(xx_biased));
  pc_chunk_add #(.ABits(In), .BBits(In)) u_xx_yy (.clk_i, .a_i(product[0]), .b_i(product[1]), .out_o(xx_yy));
  pc_chunk_add #(.ABits(In), .BBits(In)) u_yy_zz (.clk_i, .a_i(product[1]), .b_i(product[2]), .out_o(yy_zz));
  pc_chunk_add #(.ABits(In), .BBits(In)) u_xx_zz (.clk_i, .a_i(product[0]), .b_i(product[2]), .out_o(xx_zz));
  pc_chunk_add #(.ABits(In)) u_u_bias (.clk_i, .a_i(product[3]), .b_i(Bias43), .out_o(u_biased));
  pc_chunk_add #(.ABits(In)) u_v_bias (.clk_i, .a_i(product[4]), .b_i(Bias43), .out_o(v_biased));
  pc_chunk_add #(.ABits(In)) u_w_bias (.clk_i, .a_i(product[5]), .b_i(Bias43), .out_o(w_biased));
  pc_chunk_add #(.ABits(In), .BBits(In), .AShift(3)) u_zz (
    .clk_i, .a_i(product[2]), .b_i(product[2]), .out_o(nine_zz)
  );
  pc_chunk_add #(.ABits(In)) u_m_bias (.clk_i, .a_i(product[1]), .b_i(MBias45), .out_o(m_biased));
  pc_chunk_add #(.ABits(In)) u_n_bias (.clk_i, .a_i(product[1]), .b_i(Bias45), .out_o(n_biased));

  // Cycle 2: the results, but for the factor 9 of w. Cycle 3: that factor.
  logic [Num*Out-1:0] s_sum, u_sum, v_sum, w_ninth, m_sum, n_sum, w_sum;
  logic [5*Num*Out-1:0] others_q;
  pc_chunk_add #(.BBits(In), .BShift(1)) u_s (.clk_i, .a_i(xx_biased), .b_i(xx_q), .out_o(s_sum));
  pc_chunk_add #(.Subtract(1'b1)) u_u (.clk_i, .a_i(u_biased), .b_i(xx_yy), .out_o(u_sum));
  pc_chunk_add #(.Subtract(1'b1)) u_v (.clk_i, .a_i(v_biased), .b_i(yy_zz), .out_o(v_sum));
  pc_chunk_add #(.Subtract(1'b1)) u_w_ninth (.clk_i, .a_i(w_biased), .b_i(xx_zz), .out_o(w_ninth));
  pc_chunk_add #(.Subtract(1'b1)) u_m (.clk_i, .a_i(m_biased), .b_i(nine_zz), .out_o(m_sum));
  pc_chunk_add u_n (.clk_i, .a_i(n_biased), .b_i(nine_zz), .out_o(n_sum));
  always_ff @(posedge clk_i) others_q <= {n_sum, m_sum, v_sum, u_sum, s_sum};
  pc_chunk_add #(.AShift(3)) u_w (.clk_i, .a_i(w_ninth), .b_i(w_ninth), .out_o(w_sum));

  logic [6*Num*Out-1:0] sums;
  assign sums = {w_sum, others_q};
  logic [pc_fq_pkg::REDUCED_BITS-1:0] reduced [6];
  for (genvar n = 0; n < 6; n++) begin : gen_reduce
    logic [pc_fq_pkg::EXACT_BITS-1:0] exact;
    pc_chunk_norm u_norm (.clk_i, .chunks_i(sums[Num*Out*n+:Num*Out]), .exact_o(exact));
    pc_fq_redc u_redc (.clk_i, .rst_ni, .exact_i(exact), .reduced_o(reduced[n]));
  end
  assign s_o = reduced[0];
  assign u_o = reduced[1];
  assign v_o = reduced[2];
  assign m_o = reduced[3];
  assign n_o = reduced[4];
  assign w_o = reduced[5];
endmodule
