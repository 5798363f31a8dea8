// Options that are passed as bits; package/index.mjs has the same numbers.
#pragma once

#include <cstdint>

namespace proofcard::faces::wasm {

inline constexpr std::uint32_t kAllowSeeded = 1;
inline constexpr std::uint32_t kAllowNoZeroKnowledge = 2;
inline constexpr std::uint32_t kNoZeroKnowledge = 4;
inline constexpr std::uint32_t kSaturate = 8;
inline constexpr std::uint32_t kSeeded = 16;
inline constexpr std::uint32_t kOutputSide = 32;
inline constexpr std::uint32_t kOpenOutputs = 64;

}  // namespace proofcard::faces::wasm
