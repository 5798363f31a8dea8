// What FixedBases computes with: shared by the portable code and the one for AVX-512 IFMA.
//
// Shape:   table entries are eight 64-bit words on a cache line of their own, x then y in Montgomery form; zeros are
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
inline constexpr std::size_t kChainWords = kChainEntries * kEntryWords;

using TableRef = std::uint32_t;

// A point as x = X / ZZ, y = Y / ZZZ, where ZZ^3 = ZZZ^2: four field elements of four words. Infinity has ZZ = 0.
inline constexpr std::size_t kXyzzWords = 16;

// Chains of a table come in groups, filled up with chains that nobody refers to.
inline constexpr std::size_t kChainGroup = 16;
// Most chains that share inversions; keeps what they need in the level-2 cache.
inline constexpr std::size_t kChainBlock = 64;

// ---- AVX-512 IFMA. Pre: the processor has it ----

// Sums that add_lanes_avx512 computes together, and terms that add_all_avx512 adds together.
inline constexpr std::size_t kNumLanes = 16;
inline constexpr std::size_t kSplitLanes = 8;

// Fills entries 2..kMaxDigit of chains from their entries 1, which are not infinity. Pre: num_chains is a multiple of
// kChainGroup and at most kChainBlock.
void fill_chains_avx512(std::uint64_t* chains, std::size_t num_chains);

// The point at out + kXyzzWords * i is the sum of refs[kNumLanes * s + i] over s < num_steps. Returns a mask of those
// for which equal or opposite points met, which are not valid.
unsigned add_lanes_avx512(std::uint64_t* out, const std::uint64_t* table, const TableRef* refs, std::size_t num_steps);

// The sum of refs[0 .. kSplitLanes * num_steps). Returns whether it is valid: no equal or opposite points met.
bool add_all_avx512(std::uint64_t* out, const std::uint64_t* table, const TableRef* refs, std::size_t num_steps);

// Replaces field elements of four words, none of them zero, by their inverses.
inline constexpr std::size_t kNumInverses = 16;
void invert_elements(std::uint64_t words[4 * kNumInverses]);

}  // namespace proofcard::curve::fixed_base_internal
