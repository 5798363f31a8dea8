// Second half of the complete point addition: X = u m - v w, Y = m n + w s, Z = n v + s u, each reduced once.
//
// Source:  as pc_point_first.
// Range:   as pc_point_first gives them; X < 8.19 p, Y < 14.4 p, Z < 4.86 p.
// Timing:  latency pc_fq_pkg::SECOND_LATENCY, one point a cycle.
// Reset:   rst_ni is for delay lines.
// Model:   proofcard::rtl::point_add.  Test: tests/rtl/point_add_test.cpp.
module pc_point_second (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] s_i,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] u_i,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] v_i,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] w_i,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] m_i,
  input  logic [pc_fq_pkg::REDUCED_BITS-1:0] n_i,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] x_o,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] y_o,
  output logic [pc_fq_pkg::REDUCED_BITS-1:0] z_o
);
  localparam int unsigned Num = pc_fq_pkg::NUM_CHUNKS;
  localparam int unsigned In = pc_fq_pkg::PRODUCT_CHUNK;
  localparam int unsigned Out = pc_fq_pkg::SUM_CHUNK;
  localparam int unsigned Bits = pc_fq_pkg::REDUCED_BITS;
  localparam logic [pc_fq_pkg::EXACT_BITS-1:0] PSquared =
      pc_fq_pkg::EXACT_BITS'(pc_fq_pkg::P) * pc_fq_pkg::EXACT_BITS'(pc_fq_pkg::P);
  // More than v w can be: 2.18 * 10.53 < 23.
  localparam logic [pc_fq_pkg::EXACT_BITS-1:0] XBias = PSquared * pc_fq_pkg::EXACT_BITS'(23);

  logic [6*Bits-1:0] left, right;
  assign left = {s_i, n_i, w_i, m_i, v_i, u_i};
  assign right = {u_i, v_i, s_i, n_i, w_i, m_i};
  logic [Num*In-1:0] product [6];
  for (genvar i = 0; i < 6; i++) begin : gen_product
    pc_mul_wide u_mul (.clk_i, .a_i(left[Bits*i+:Bits]), .b_i(right[Bits*i+:Bits]), .product_o(product[i]));
  end
  logic [Bits-1:0] reduced [3];
  for (genvar c = 0; c < 3; c++) begin : gen_coordinate
    localparam logic [Num*Out-1:0] Bias = pc_fq_pkg::biased((c == 0) ? XBias : '0, 43);
    logic [Num*Out-1:0] biased, sum;
    logic [Num*In-1:0] other_q;
    logic [pc_fq_pkg::EXACT_BITS-1:0] exact;
    always_ff @(posedge clk_i) other_q <= product[2*c+1];
    pc_chunk_add #(.ABits(In)) u_bias (.clk_i, .a_i(product[2*c]), .b_i(Bias), .out_o(biased));
    pc_chunk_add #(.BBits(In), .Subtract(c == 0)) u_sum (.clk_i, .a_i(biased), .b_i(other_q), .out_o(sum));
    pc_chunk_norm u_norm (.clk_i, .chunks_i(sum), .exact_o(exact));
    pc_fq_redc u_redc (.clk_i, .rst_ni, .exact_i(exact), .reduced_o(reduced[c]));
  end
  assign x_o = reduced[0];
  assign y_o = reduced[1];
  assign z_o = reduced[2];
endmodule
