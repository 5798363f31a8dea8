// The arithmetic of rtl/field in C++, bit for bit: lazily reduced numbers as the RTL has them between registers. It is
// the DPI-C body of the arithmetic units and the reference of their tests; proofcard::Fq is the reference for its
// values.
//
// Source:  rtl/pkg/pc_fq_pkg.sv explains the reduction.
// Range:   Lazy holds any number below 2^258, congruent to the field element's Montgomery form modulo p.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "host/field/fq.hpp"

namespace proofcard::rtl {

using Lazy = std::array<std::uint64_t, 5>;      // little-endian words
using Product = std::array<std::uint64_t, 10>;  // unreduced sums of products; negative ones in two's complement

Product multiply(const Lazy& a, const Lazy& b);
Product add(const Product& a, const Product& b);
Product subtract(const Product& a, const Product& b);
// factor < 2^16
Product scale(const Product& a, std::uint64_t factor);
// factor * p^2: what keeps a difference of products positive.
Product multiple_of_p_squared(std::uint64_t factor);

// (t + (a multiple of p)) / 2^256, below t / 2^256 + 1.1313 p. Pre: 0 <= t < 2^514.
Lazy redc(const Product& t);
// What pc_fq_mul computes.
inline Lazy fq_mul(const Lazy& a, const Lazy& b) { return redc(multiply(a, b)); }

Lazy add(const Lazy& a, const Lazy& b);
// a - floor(h * 2^253 / p) * p, where h are the five bits of a from bit 253: congruent to a, below p + 2^253.
Lazy reduce_top(const Lazy& a);

Lazy to_lazy(const Fq& a);
// Any Lazy, fully reduced.
Fq to_fq(const Lazy& a);

}  // namespace proofcard::rtl
