// Constants of Fr, the scalar field of BN254, as pc_fr_mul and pc_fr_sums use them.
//
// Source:  Montgomery 1985 with R = 2^260, ten digits of 26 bits. r = 1 mod 2^28, so with m = 2^26 - 1 = -1/r mod 2^26 the multiple
//          m*r is -1 mod 2^26 and a digit is its own quotient, as in pc_fq_pkg; the last one's quotient is its negative.
// Model:   rtl/model/fr_model.hpp.
package pc_fr_pkg;
  localparam logic [253:0] P = 254'h30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
  // (m r + 1) / 2^26
  localparam logic [254:0] K26 = 255'((280'(P) * 280'h3ffffff + 280'd1) >> 26);

  // Latencies in cycles.
  localparam int unsigned REDC_LATENCY = 10 * 5 + 1 + 1 + 3;
  localparam int unsigned MUL_LATENCY = 12 + 1 + 3 + REDC_LATENCY;
  localparam int unsigned SUMS_LATENCY = 1 + 3 + 4 + 3;
  localparam int unsigned SETTLE_LATENCY = 4 + 4;

  // (t + (a multiple of r)) / 2^260, exactly as pc_fr_redc computes it. Range: t below 2^516.
  function automatic logic [257:0] redc(logic [515:0] t);
    logic [285:0] s;
    logic [25:0] quotient;
    s = {26'b0, t[259:0]};
    for (int unsigned i = 0; i < 9; i++) s = (s >> 26) + {31'b0, K26} * {260'b0, s[25:0]};
    quotient = 26'd0 - s[25:0];
    s = (s + {32'b0, P} * {260'b0, quotient}) >> 26;
    redc = s[257:0] + {2'b0, t[515:260]};
  endfunction

  // floor(h * 2^253 / r) * r: what pc_fr_top_reduce subtracts for the top bits h.
  function automatic logic [257:0] top_multiple(logic [4:0] h);
    logic [257:0] limit;
    limit = {h, 253'b0};
    top_multiple = '0;
    for (int unsigned i = 0; i < 21; i++) begin
      if (top_multiple + {4'b0, P} <= limit) top_multiple = top_multiple + {4'b0, P};
    end
  endfunction
endpackage
