// Product of two numbers of up to 258 bits, unreduced, by two levels of Karatsuba over four limbs of 66 bits: nine leaf
// products, 108 DSP blocks.
//
// Range:   a_i, b_i < 2^258, so that the sum of four limbs fits the 68 bits of a leaf; asserted.
//          product_o is a chunk vector of 16 chunks of PRODUCT_CHUNK signed bits, whose value is exactly a_i * b_i.
// Timing:  latency pc_fq_pkg::MUL_WIDE_LATENCY = 12, one product a cycle; no carry chain over 41 bits.
// Reset:   none.
// Model:   a plain product.  Test: tests/rtl/fq_mul_test.cpp (through pc_fq_mul).
module pc_mul_wide (
  input  logic                                                    clk_i,
  input  logic [257:0]                                            a_i,
  input  logic [257:0]                                            b_i,
  output logic [pc_fq_pkg::NUM_CHUNKS*pc_fq_pkg::PRODUCT_CHUNK-1:0] product_o
);
  /* verilator no_inline_module */  // one copy of its code for all instances
  logic [9*68-1:0] a_leaf, b_leaf;
  pc_limb_sums u_sums_a (.clk_i, .value_i(a_i), .leaf_o(a_leaf));
  pc_limb_sums u_sums_b (.clk_i, .value_i(b_i), .leaf_o(b_leaf));

  // Chunks get a sign bit.
  logic [9*4*39-1:0] leaf;
  for (genvar n = 0; n < 9; n++) begin : gen_leaf
    logic [4*38-1:0] product;
    pc_leaf_mul u_leaf (
      .clk_i,
      .a_i(a_leaf[68*n+:68]),
      .b_i(b_leaf[68*n+:68]),
      .product_o(product)
    );
    for (genvar k = 0; k < 4; k++) begin : gen_sign
      assign leaf[(4*n+k)*39+:39] = {1'b0, product[38*k+:38]};
    end
  end

  // Three products of two limbs each: of the low halves, the high halves, and their sums.
  logic [3*8*41-1:0] half;
  for (genvar n = 0; n < 3; n++) begin : gen_half
    pc_karatsuba_join #(.HalfChunks(2), .InBits(39)) u_join_half (
      .clk_i,
      .lo_i(leaf[(3*n+0)*4*39+:4*39]),
      .hi_i(leaf[(3*n+1)*4*39+:4*39]),
      .sum_i(leaf[(3*n+2)*4*39+:4*39]),
      .out_o(half[n*8*41+:8*41])
    );
  end

  logic [16*43-1:0] whole;
  pc_karatsuba_join #(.HalfChunks(4), .InBits(41)) u_join (
    .clk_i,
    .lo_i(half[0*8*41+:8*41]),
    .hi_i(half[1*8*41+:8*41]),
    .sum_i(half[2*8*41+:8*41]),
    .out_o(whole)
  );
  // Every chunk is within 2^41: a leaf chunk is in [0, 2^38), and each level at most doubles twice.
  logic [15:0] unused;
  for (genvar k = 0; k < 16; k++) begin : gen_trim
    assign product_o[k*pc_fq_pkg::PRODUCT_CHUNK+:pc_fq_pkg::PRODUCT_CHUNK] = whole[k*43+:pc_fq_pkg::PRODUCT_CHUNK];
    assign unused[k] = whole[k*43+42];
  end
endmodule
