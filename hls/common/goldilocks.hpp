// The Goldilocks field, p = 2^64 - 2^32 + 1, for HLS kernels.
//
// Range:   inputs and outputs in [0, p).
// Timing:  functions are meant to be inlined into a pipelined caller.
#pragma once

#include <ap_int.h>

namespace proofcard::hls {

constexpr std::uint64_t kGoldilocksModulus = 0xffffffff00000001;

struct Goldilocks {
  ap_uint<64> v;
};

// a in [0, 2^65) below 2p.
inline Goldilocks goldilocks_reduce_once(ap_uint<65> a) {
#pragma HLS inline
  const ap_uint<66> d = a - ap_uint<64>(kGoldilocksModulus);
  Goldilocks r;
  r.v = d[65] ? ap_uint<64>(a) : ap_uint<64>(d);
  return r;
}

inline Goldilocks add(const Goldilocks& a, const Goldilocks& b) {
#pragma HLS inline
  return goldilocks_reduce_once(a.v + b.v);
}

inline Goldilocks sub(const Goldilocks& a, const Goldilocks& b) {
#pragma HLS inline
  const ap_uint<65> d = a.v - b.v;
  const ap_uint<65> e = ap_uint<64>(d) + ap_uint<64>(kGoldilocksModulus);
  Goldilocks r;
  r.v = d[64] ? ap_uint<64>(e) : ap_uint<64>(d);
  return r;
}

// 2^64 = 2^32 - 1 and 2^96 = -1 mod p.
inline Goldilocks mul(const Goldilocks& a, const Goldilocks& b) {
#pragma HLS inline
  const ap_uint<128> product = a.v * b.v;
  const ap_uint<32> middle = ap_uint<64>(product >> 64);
  Goldilocks top;
  top.v = ap_uint<32>(product >> 96);
  Goldilocks folded;  // at most (2^32 - 1)^2, below p
  folded.v = (ap_uint<64>(middle) << 32) - ap_uint<64>(middle);
  return add(sub(goldilocks_reduce_once(ap_uint<64>(product)), top), folded);
}

// a / 2.
inline Goldilocks half(const Goldilocks& a) {
#pragma HLS inline
  const ap_uint<64> odd = a.v[0] ? ap_uint<64>(kGoldilocksModulus) : ap_uint<64>(0U);
  const ap_uint<65> even = a.v + odd;
  Goldilocks r;
  r.v = even >> 1;
  return r;
}

}  // namespace proofcard::hls
