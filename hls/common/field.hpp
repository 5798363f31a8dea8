// The base field of BN254 for HLS kernels: Montgomery form, R = 2^256, in four words of 64 bits.
//
// Source:  Montgomery 1985, interleaved by words (CIOS); q < 2^254 leaves two spare bits, so nothing overflows four
// words. Range:   inputs and outputs in [0, q). Timing:  every loop is unrolled; functions are meant to be inlined into
// a pipelined caller.
#pragma once

#include <ap_int.h>

namespace proofcard::hls {

using word_t = ap_uint<64>;

struct Fq {
  word_t w[4];
};

// One word of q, by index.
inline word_t modulus(int i) {
#pragma HLS inline
  const std::uint64_t q[4] = {0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029};
#pragma HLS array_partition variable = q complete
  return q[i];
}

// R mod q: the number one.
inline Fq field_one() {
#pragma HLS inline
  Fq r;
  r.w[0] = std::uint64_t{0xd35d438dc58f0d9d};
  r.w[1] = std::uint64_t{0x0a78eb28f5c70b3d};
  r.w[2] = std::uint64_t{0x666ea36f7879462c};
  r.w[3] = std::uint64_t{0x0e0a77c19a07df2f};
  return r;
}

inline Fq field_zero() {
#pragma HLS inline
  Fq r;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    r.w[i] = 0U;
  }
  return r;
}

// a in [0, 2q) to [0, q).
inline Fq reduce_once(const Fq& a) {
#pragma HLS inline
  Fq d;
  ap_uint<1> borrow = 0U;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    const ap_uint<66> t = ap_uint<65>(a.w[i] - modulus(i)) - borrow;
    d.w[i] = t;
    borrow = ap_uint<1>(t >> 64);
  }
  Fq r;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    r.w[i] = borrow[0] ? a.w[i] : d.w[i];
  }
  return r;
}

inline Fq add(const Fq& a, const Fq& b) {
#pragma HLS inline
  Fq s;
  ap_uint<1> carry = 0U;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    const ap_uint<66> t = (a.w[i] + b.w[i]) + carry;
    s.w[i] = t;
    carry = ap_uint<1>(t >> 64);
  }
  return reduce_once(s);
}

inline Fq sub(const Fq& a, const Fq& b) {
#pragma HLS inline
  Fq d;
  ap_uint<1> borrow = 0U;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    const ap_uint<66> t = ap_uint<65>(a.w[i] - b.w[i]) - borrow;
    d.w[i] = t;
    borrow = ap_uint<1>(t >> 64);
  }
  Fq r;
  ap_uint<1> carry = 0U;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    const word_t addend = borrow[0] ? modulus(i) : word_t(0U);
    const ap_uint<66> t = (d.w[i] + addend) + carry;
    r.w[i] = t;
    carry = ap_uint<1>(t >> 64);
  }
  return r;
}

// a * b / R mod q.
inline Fq mul(const Fq& a, const Fq& b) {
#pragma HLS inline
  const word_t neg_inverse = std::uint64_t{0x87d20782e4866389};  // -1 / q mod 2^64
  word_t t[5];
#pragma HLS array_partition variable = t complete
  for (int i = 0; i < 5; ++i) {
#pragma HLS unroll
    t[i] = 0U;
  }
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    word_t carry = 0U;
    for (int j = 0; j < 4; ++j) {
#pragma HLS unroll
      // 2^128 - 1 at most
      ap_uint<128> x = a.w[j] * b.w[i];
      x += t[j];
      x += carry;
      t[j] = x;
      carry = x >> 64;
    }
    t[4] = carry;
    const word_t m = t[0] * neg_inverse;
    ap_uint<128> low = m * modulus(0);
    low += t[0];
    carry = low >> 64;
    for (int j = 1; j < 4; ++j) {
#pragma HLS unroll
      ap_uint<128> x = m * modulus(j);
      x += t[j];
      x += carry;
      t[j - 1] = x;
      carry = x >> 64;
    }
    t[3] = t[4] + carry;
  }
  Fq r;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    r.w[i] = t[i];
  }
  return reduce_once(r);
}

inline bool is_zero(const Fq& a) {
#pragma HLS inline
  return ((a.w[0] | a.w[1]) | (a.w[2] | a.w[3])) == word_t(0U);
}

}  // namespace proofcard::hls
