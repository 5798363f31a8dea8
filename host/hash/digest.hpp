// Digest: 32 bytes that stand for the data they were hashed from.
#pragma once

#include <array>
#include <cstdint>

namespace proofcard::hash {

using Digest = std::array<std::uint8_t, 32>;

}  // namespace proofcard::hash
