// SHA-256.
//
// Source:  FIPS 180-4. Tested against vectors of Python's hashlib.
// Shape:   a block is 64 bytes, read as 16 big-endian words; the state is 8 words.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "host/base/bytes.hpp"
#include "host/hash/digest.hpp"

namespace proofcard::hash {

inline constexpr std::size_t kSha256BlockBytes = 64;
using Sha256State = std::array<std::uint32_t, 8>;

extern const Sha256State kSha256Initial;
extern const std::array<std::uint32_t, 64> kSha256Constants;

// Applies the compression function to blocks.size() / 64 blocks, one after the other.
void sha256_compress(Sha256State& state, ByteView blocks);

Digest sha256_digest(const Sha256State& state);

Digest sha256(ByteView data);

}  // namespace proofcard::hash
