// The messages that MerkleHash hashes, byte by byte, and what its nonces have to give.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "host/field/fr.hpp"
#include "host/hash/digest.hpp"

namespace proofcard::kernels::detail {

using hash::Digest;

inline constexpr std::uint8_t kLeafTag = 0;
inline constexpr std::uint8_t kNodeTag = 1;
inline constexpr std::uint8_t kNonceTag = 2;

inline constexpr std::size_t kNodeBytes = 1 + 2 * sizeof(Digest);
inline constexpr std::size_t kNonceBytes = 1 + sizeof(Digest) + sizeof(std::uint64_t);

inline std::array<std::uint8_t, kNonceBytes> nonce_message(const Digest& seed, std::uint64_t nonce) {
  std::array<std::uint8_t, kNonceBytes> out{kNonceTag};
  std::copy(seed.begin(), seed.end(), out.begin() + 1);
  for (std::size_t i = 0; i < sizeof nonce; ++i) {
    out[1 + seed.size() + i] = static_cast<std::uint8_t>(nonce >> (8 * i));
  }
  return out;
}

// Pre: bits < 64.
inline bool begins_with_zeros(const Digest& digest, unsigned bits) {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < sizeof head; ++i) {
    head = head << 8 | digest[i];
  }
  return bits == 0 || head >> (64 - bits) == 0;
}

// Pre: bits < 64.
inline bool ends_with_zeros(const Fr& element, unsigned bits) {
  return (element.canonical()[0] & ((std::uint64_t{1} << bits) - 1)) == 0;
}

}  // namespace proofcard::kernels::detail
