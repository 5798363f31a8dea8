// Constants of Goldilocks, the field of p = 2^64 - 2^32 + 1 elements.
//
// Words:  2^64 = 2^32 - 1, 2^66 = 2^34 - 4, 2^96 = -1 and 2^99 = -8 modulo p, so a product's chunks of 33 bits
//         (pc_leaf_mul) reduce with shifts and sums.
// Model:  rtl/model/gl_model.hpp.
package pc_gl_pkg;
  localparam logic [63:0] P = 64'hffffffff00000001;
  localparam logic [63:0] NEG_P = 64'h00000000ffffffff;   // 2^64 - p
  localparam logic [63:0] HALF = 64'h7fffffff80000001;    // (p + 1) / 2

  // Latencies in cycles.
  localparam int unsigned MUL_LATENCY = 12;
  localparam int unsigned SUMS_LATENCY = 5;

  // a * b mod p.
  function automatic logic [63:0] mul(logic [63:0] a, logic [63:0] b);
    logic [127:0] t;
    logic [65:0] v;
    t = {64'b0, a} * {64'b0, b};
    // lo + mid (2^32 - 1) - high, in [-2^32, 2^65)
    v = {2'b0, t[63:0]} + {2'b0, t[95:64], 32'b0} - {34'b0, t[95:64]} - {34'b0, t[127:96]};
    if (v[65]) v = v + {2'b0, P};
    if (v >= {2'b0, P}) v = v - {2'b0, P};
    if (v >= {2'b0, P}) v = v - {2'b0, P};
    mul = v[63:0];
  endfunction
endpackage
