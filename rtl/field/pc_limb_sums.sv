// The nine leaf operands of a two-level Karatsuba product, from the four 66-bit limbs c0..c3 of a number:
//   leaf 0: c0       leaf 1: c1       leaf 2: c0 + c1
//   leaf 3: c2       leaf 4: c3       leaf 5: c2 + c3
//   leaf 6: c0 + c2  leaf 7: c1 + c3  leaf 8: c0 + c1 + c2 + c3
//
// Range:   any value_i below 2^258; every leaf is below 2^68.
// Timing:  latency 2. Sums are cut in halves of 34 bits, the upper one a cycle later; leaf 8's upper half is
//          combinational and meets the register of pc_leaf_mul.
// Reset:   none.
// Test:    tests/rtl/fq_mul_test.cpp (through pc_fq_mul).
module pc_limb_sums (
  input  logic           clk_i,
  input  logic [257:0]   value_i,
  output logic [9*68-1:0] leaf_o
);
  logic [65:0] c0, c1, c2, c3;
  assign {c3, c2, c1, c0} = {6'b0, value_i};

  // Limbs, two cycles late.
  logic [65:0] c0_q, c1_q, c2_q, c3_q, c0_2_q, c1_2_q, c2_2_q, c3_2_q;
  // Sums of two: 34 bits and a carry in the first cycle, the rest in the second.
  logic [34:0] lo01_q, lo23_q, lo02_q, lo13_q;
  logic [33:0] lo01_2_q, lo23_2_q, lo02_2_q, lo13_2_q;
  logic [33:0] hi01_q, hi23_q, hi02_q, hi13_q;
  logic [34:0] lo_all_q;
  // A carry enters below the lowest bit, so that one chain does it.
  logic [34:0] hi01, hi23, hi02, hi13;
  assign hi01 = {2'b0, c0_q[65:34], 1'b1} + {2'b0, c1_q[65:34], lo01_q[34]};
  assign hi23 = {2'b0, c2_q[65:34], 1'b1} + {2'b0, c3_q[65:34], lo23_q[34]};
  assign hi02 = {2'b0, c0_q[65:34], 1'b1} + {2'b0, c2_q[65:34], lo02_q[34]};
  assign hi13 = {2'b0, c1_q[65:34], 1'b1} + {2'b0, c3_q[65:34], lo13_q[34]};
  always_ff @(posedge clk_i) begin
    {c3_q, c2_q, c1_q, c0_q} <= {c3, c2, c1, c0};
    {c3_2_q, c2_2_q, c1_2_q, c0_2_q} <= {c3_q, c2_q, c1_q, c0_q};
    lo01_q <= {1'b0, c0[33:0]} + {1'b0, c1[33:0]};
    lo23_q <= {1'b0, c2[33:0]} + {1'b0, c3[33:0]};
    lo02_q <= {1'b0, c0[33:0]} + {1'b0, c2[33:0]};
    lo13_q <= {1'b0, c1[33:0]} + {1'b0, c3[33:0]};
    lo01_2_q <= lo01_q[33:0];
    lo23_2_q <= lo23_q[33:0];
    lo02_2_q <= lo02_q[33:0];
    lo13_2_q <= lo13_q[33:0];
    hi01_q <= hi01[34:1];
    hi23_q <= hi23[34:1];
    hi02_q <= hi02[34:1];
    hi13_q <= hi13[34:1];
    lo_all_q <= {1'b0, lo01_q[33:0]} + {1'b0, lo23_q[33:0]};
  end

  logic [34:0] hi_all;
  assign hi_all = {hi01_q, 1'b1} + {hi23_q, lo_all_q[34]};

  assign leaf_o = {
    hi_all[34:1], lo_all_q[33:0],
    hi13_q, lo13_2_q,
    hi02_q, lo02_2_q,
    hi23_q, lo23_2_q, 2'b0, c3_2_q, 2'b0, c2_2_q,
    hi01_q, lo01_2_q, 2'b0, c1_2_q, 2'b0, c0_2_q
  };
  logic unused;
  assign unused = hi_all[0] ^ hi01[0] ^ hi23[0] ^ hi02[0] ^ hi13[0];
endmodule
