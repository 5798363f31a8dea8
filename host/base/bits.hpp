// Powers of two, and integers of fewer bytes than 8.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "host/base/bytes.hpp"

namespace proofcard {

// The smallest k with 2^k >= n; 0 for n = 0.
constexpr unsigned ceil_log2(std::size_t n) { return n <= 1 ? 0 : static_cast<unsigned>(std::bit_width(n - 1)); }

// Two's complement, least significant byte first. Pre: 1 to 8 bytes.
inline std::int64_t sign_extended(ByteView bytes) {
  std::uint64_t u = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    u |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  }
  const auto unused = static_cast<unsigned>(64 - 8 * bytes.size());
  return static_cast<std::int64_t>(u << unused) >> unused;
}

}  // namespace proofcard
