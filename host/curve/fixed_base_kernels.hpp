// What FixedBases computes with: shared by the portable code and the one for AVX-512 IFMA.
//
// Shape:   table entries are eight 64-bit words on a cache line of their own, x then y in Montgomery form; all zeros
// are
//          infinity (no other point has x = 0). A chain is kChainEntries entries: the multiples 0, 1, ... of one point.
//          A TableRef is twice the number of an entry, plus 1 for its negative. Entry 0 is infinity, and so is ref 0.
#pragma once

#include <cstddef>
#include <cstdint>

namespace proofcard::curve::fixed_base_internal {

inline constexpr std::size_t kWindowBits = 7;
inline constexpr std::size_t kMaxDigit = std::size_t{1} << (kWindowBits - 1);
inline constexpr std::size_t kChainEntries = kMaxDigit + 1;
// Scalars are below 2^254; the last window has room for the carry.
inline constexpr std::size_t kNumWindows = 37;
inline constexpr std::size_t kEntryWords = 8;

using TableRef = std::uint32_t;

// A point as x = X / ZZ, y = Y / ZZZ, where ZZ^3 = ZZZ^2: four field elements of four words. Infinity has ZZ = 0.
inline constexpr std::size_t kXyzzWords = 16;

}  // namespace proofcard::curve::fixed_base_internal
