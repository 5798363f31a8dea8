// The fields of BN254 for HLS kernels: four words of 64 bits, products in Montgomery form, R = 2^256.
//
// Source:  Montgomery 1985, interleaved by words (CIOS); moduli below 2^254 leave two spare bits, so nothing overflows
//          four words.
// Range:   inputs and outputs in [0, modulus).
// Timing:  every loop is unrolled; functions are meant to be inlined into a pipelined caller.
#pragma once

#include <ap_int.h>

namespace proofcard::hls {

using word_t = ap_uint<64>;

struct FqModulus {
  // One word of q, by index.
  static word_t word(int i) {
#pragma HLS inline
    const std::uint64_t q[4] = {0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029};
#pragma HLS array_partition variable = q complete
    return q[i];
  }
  static constexpr std::uint64_t kNegInverse = 0x87d20782e4866389;  // -1 / q mod 2^64
};

struct FrModulus {
  static word_t word(int i) {
#pragma HLS inline
    const std::uint64_t r[4] = {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029};
#pragma HLS array_partition variable = r complete
    return r[i];
  }
  static constexpr std::uint64_t kNegInverse = 0xc2e1f593efffffff;
};

template <class Modulus>
struct Residue {
  word_t w[4];
};
using Fq = Residue<FqModulus>;
using Fr = Residue<FrModulus>;

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

// a in [0, 2 modulus) to [0, modulus).
template <class M>
inline Residue<M> reduce_once(const Residue<M>& a) {
#pragma HLS inline
  Residue<M> d;
  ap_uint<1> borrow = 0U;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    const ap_uint<66> t = ap_uint<65>(a.w[i] - M::word(i)) - borrow;
    d.w[i] = t;
    borrow = ap_uint<1>(t >> 64);
  }
  Residue<M> r;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    r.w[i] = borrow[0] ? a.w[i] : d.w[i];
  }
  return r;
}

template <class M>
inline Residue<M> add(const Residue<M>& a, const Residue<M>& b) {
#pragma HLS inline
  Residue<M> s;
  ap_uint<1> carry = 0U;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    const ap_uint<66> t = (a.w[i] + b.w[i]) + carry;
    s.w[i] = t;
    carry = ap_uint<1>(t >> 64);
  }
  return reduce_once(s);
}

template <class M>
inline Residue<M> sub(const Residue<M>& a, const Residue<M>& b) {
#pragma HLS inline
  Residue<M> d;
  ap_uint<1> borrow = 0U;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    const ap_uint<66> t = ap_uint<65>(a.w[i] - b.w[i]) - borrow;
    d.w[i] = t;
    borrow = ap_uint<1>(t >> 64);
  }
  Residue<M> r;
  ap_uint<1> carry = 0U;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    const word_t addend = borrow[0] ? M::word(i) : word_t(0U);
    const ap_uint<66> t = (d.w[i] + addend) + carry;
    r.w[i] = t;
    carry = ap_uint<1>(t >> 64);
  }
  return r;
}

// a * b / R mod the modulus.
template <class M>
inline Residue<M> mul(const Residue<M>& a, const Residue<M>& b) {
#pragma HLS inline
  const word_t neg_inverse = M::kNegInverse;
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
    ap_uint<128> low = m * M::word(0);
    low += t[0];
    carry = low >> 64;
    for (int j = 1; j < 4; ++j) {
#pragma HLS unroll
      ap_uint<128> x = m * M::word(j);
      x += t[j];
      x += carry;
      t[j - 1] = x;
      carry = x >> 64;
    }
    t[3] = t[4] + carry;
  }
  Residue<M> r;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    r.w[i] = t[i];
  }
  return reduce_once(r);
}

template <class M>
inline bool is_zero(const Residue<M>& a) {
#pragma HLS inline
  return ((a.w[0] | a.w[1]) | (a.w[2] | a.w[3])) == word_t(0U);
}

}  // namespace proofcard::hls
