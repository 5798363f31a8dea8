// The scalar field of BN254 as transforms take it: products are divided by 2^260, as in the RTL, so that both read the
// same constants.
//
// Range:   inputs and outputs in [0, r).
#pragma once

#include "hls/common/field.hpp"

namespace proofcard::hls {

struct NttFr {
  Fr v;
};

inline NttFr add(const NttFr& a, const NttFr& b) {
#pragma HLS inline
  return {add(a.v, b.v)};
}

inline NttFr sub(const NttFr& a, const NttFr& b) {
#pragma HLS inline
  return {sub(a.v, b.v)};
}

// (a + multiple of r) / 2^bits: r = 1 mod 16, so the multiple is minus the low bits; below r, as a was.
template <int bits>
inline NttFr divide_by_power(const Fr& a) {
#pragma HLS inline
  const ap_uint<bits> multiple = ap_uint<bits>(0U) - ap_uint<bits>(a.w[0]);
  word_t sum[5];
#pragma HLS array_partition variable = sum complete
  word_t carry = 0U;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    ap_uint<128> x = multiple * FrModulus::word(i);
    x += a.w[i];
    x += carry;
    sum[i] = x;
    carry = x >> 64;
  }
  sum[4] = carry;
  NttFr r;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    r.v.w[i] = (sum[i] >> bits) | (sum[i + 1] << (64 - bits));
  }
  return r;
}

inline NttFr mul(const NttFr& a, const NttFr& b) {
#pragma HLS inline
  return divide_by_power<4>(mul(a.v, b.v));
}

inline NttFr half(const NttFr& a) {
#pragma HLS inline
  return divide_by_power<1>(a.v);
}

}  // namespace proofcard::hls
