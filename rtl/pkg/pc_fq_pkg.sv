// Constants of Fq, the base field of BN254, of points of G1, and of the units that compute with them. (One package: Yosys
// does not let a package use another one.)
//
// Source:  Montgomery 1985 with R = 2^256, one digit of 22 and nine of 26 bits. With m = -1/p mod 2^26 the multiple m*p is
//          -1 mod 2^26, so a digit q of t is its own quotient: t + q*m*p ends in zeros, and (t + q*m*p) / 2^26 =
//          (t >> 26) + q*K with K = (m*p + 1) / 2^26 and no carry. The last digit uses p itself, or the result would be
//          as large as m.
// Words:   a "chunk vector" is a number in pieces that may overlap: sum of chunk_k * 2^(33 k), chunks signed. Sums of
//          products stay in that form, so that no carry runs further than one chunk, until pc_chunk_norm makes them exact.
// Points:  768 bits, {Z, Y, X}, 256 each: homogeneous projective, (X : Y : Z) stands for (X / Z, Y / Z); infinity is
//          (0 : Y : 0) with any Y other than 0. Coordinates are in Montgomery form and in [0, p + 2^253), below 1.6613 p.
// Model:   rtl/model/fq_model.hpp, rtl/model/point_model.hpp.
package pc_fq_pkg;
  localparam logic [253:0] P = 254'h30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
  // 2^256 mod p, the Montgomery form of one.
  localparam logic [253:0] ONE = 254'h0e0a77c19a07df2f666ea36f7879462c0a78eb28f5c70b3dd35d438dc58f0d9d;
  localparam logic [25:0] NEG_INV = 26'h0866389;  // -1/p mod 2^26
  localparam logic [254:0] K22 = 255'h4d4aa1ad6bee9d5e4a9f140c7af21965822d67f82d77e9625b2643083838082;
  localparam logic [254:0] K26 = 255'h659d470099222a29554a7cadcab1d2518725aba253bb13b09df37c5e347d7b1;

  // Widths.
  localparam int unsigned CHUNK_BITS = 33;     // weight of a chunk
  localparam int unsigned NUM_CHUNKS = 16;
  localparam int unsigned PRODUCT_CHUNK = 42;  // stored bits of a chunk that leaves pc_mul_wide, signed
  localparam int unsigned SUM_CHUNK = 48;      // stored bits of a chunk that enters pc_chunk_norm
  localparam int unsigned EXACT_BITS = 528;
  localparam int unsigned REDUCED_BITS = 258;  // what pc_fq_redc gives

  // Latencies in cycles.
  localparam int unsigned LEAF_LATENCY = 6;
  localparam int unsigned JOIN_LATENCY = 2;
  localparam int unsigned MUL_WIDE_LATENCY = 2 + LEAF_LATENCY + 2 * JOIN_LATENCY;
  localparam int unsigned NORM_LATENCY = 3;
  localparam int unsigned STEP_LATENCY = 5;
  localparam int unsigned QUOTIENT_LATENCY = 4;
  localparam int unsigned REDC_LATENCY = 10 * STEP_LATENCY + QUOTIENT_LATENCY + 1 + 3;
  localparam int unsigned FQ_MUL_LATENCY = MUL_WIDE_LATENCY + 1 + NORM_LATENCY + REDC_LATENCY;

  // Points.
  localparam int unsigned POINT_BITS = 768;
  localparam int unsigned WIDE_ADD_LATENCY = 3;
  localparam int unsigned TOP_REDUCE_LATENCY = 1 + WIDE_ADD_LATENCY;
  localparam int unsigned FIRST_LATENCY = MUL_WIDE_LATENCY + 3 + NORM_LATENCY + REDC_LATENCY;
  localparam int unsigned SECOND_LATENCY = MUL_WIDE_LATENCY + 2 + NORM_LATENCY + REDC_LATENCY;
  // From the operands of an addition to its result.
  localparam int unsigned ADD_LATENCY = WIDE_ADD_LATENCY + FIRST_LATENCY + SECOND_LATENCY + TOP_REDUCE_LATENCY;

  // Which body a unit has: all have the same latency and the same output bits.
  localparam int unsigned BODY_STRUCTURAL = 0;   // what is synthesised
  localparam int unsigned BODY_BEHAVIOURAL = 1;  // the arithmetic in one expression, then a delay
  localparam int unsigned BODY_DPI = 2;          // the C++ model, then a delay

  // Zero as a chunk vector whose chunks are large: Shift + 1 bits, added before chunks are subtracted so that none is
  // negative when it reaches pc_chunk_norm. Chunk k gives 2^Shift and takes what chunk k - 1 gave.
  function automatic logic [SUM_CHUNK-1:0] zero_bias(int unsigned k, int unsigned shift);
    zero_bias = SUM_CHUNK'(64'd1 << shift);
    if (k > 0) zero_bias = zero_bias - SUM_CHUNK'(64'd1 << (shift - CHUNK_BITS));
  endfunction

  // A constant as a chunk vector with that bias.
  function automatic logic [NUM_CHUNKS*SUM_CHUNK-1:0] biased(logic [EXACT_BITS-1:0] value, int unsigned shift);
    for (int unsigned k = 0; k < NUM_CHUNKS; k++) begin
      biased[k*SUM_CHUNK+:SUM_CHUNK] = SUM_CHUNK'(value[k*CHUNK_BITS+:CHUNK_BITS]) + zero_bias(k, shift);
    end
  endfunction

  // (t + (a multiple of p)) / 2^256, exactly as pc_fq_redc computes it. Range: see there.
  function automatic logic [REDUCED_BITS-1:0] redc(logic [EXACT_BITS-1:0] t);
    logic [EXACT_BITS-1:0] s;
    logic [51:0] quotient;
    s = (t >> 22) + EXACT_BITS'(K22) * EXACT_BITS'(t[21:0]);
    for (int unsigned i = 0; i < 8; i++) s = (s >> 26) + EXACT_BITS'(K26) * EXACT_BITS'(s[25:0]);
    quotient = 52'(s[25:0]) * 52'(NEG_INV);
    s = (s + EXACT_BITS'(P) * EXACT_BITS'(quotient[25:0])) >> 26;
    redc = s[REDUCED_BITS-1:0];
  endfunction

  // floor(h * 2^253 / p) * p: what pc_top_reduce subtracts for the top bits h.
  function automatic logic [REDUCED_BITS-1:0] top_multiple(logic [4:0] h);
    logic [REDUCED_BITS-1:0] limit;
    limit = {h, 253'b0};
    top_multiple = '0;
    for (int unsigned i = 0; i < 21; i++) begin
      if (top_multiple + REDUCED_BITS'(P) <= limit) top_multiple = top_multiple + REDUCED_BITS'(P);
    end
  endfunction
endpackage
