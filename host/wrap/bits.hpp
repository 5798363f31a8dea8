// Bits of wires. A bit is a wire that is 0 or 1.
//
// Cost:    in constraints, exact. Order: bit i has the weight 2^i.
#pragma once

#include <span>
#include <vector>

#include "host/wrap/builder.hpp"

namespace proofcard::wrap {

// A field element has so many bits.
inline constexpr unsigned kFieldBits = 254;

// Requires that x is 0 or 1. Cost: 1.
void require_bit(Builder& builder, const Wire& x);

// sum_i 2^i bits[i].
Wire packed(std::span<const Wire> bits);

// The n bits of x, which is required to be below 2^n. Cost: n + 1. Pre: n < kFieldBits, so that bits determine a number of the field.
std::vector<Wire> bits_below(Builder& builder, const Wire& x, unsigned n);

// The kFieldBits bits of x as a number below the modulus: no other bits have the sum x. The lowest num_zeros are required to be 0.
// Cost: kStrictBitsCost - num_zeros. Pre: num_zeros <= kMaxZeros.
std::vector<Wire> strict_bits(Builder& builder, const Wire& x, unsigned num_zeros = 0);
inline constexpr unsigned kMaxZeros = 27;  // the modulus, less one, has more
inline constexpr std::size_t kStrictBitsCost = 407;

// Which of 2^k items has the number that the bits say; item required to be equal to it. Cost: 2^k - 1.
// Pre: items.size() = 2^bits.size(), at least one bit.
void require_selected(Builder& builder, const Wire& item, std::span<const Wire> items, std::span<const Wire> bits);

}  // namespace proofcard::wrap
