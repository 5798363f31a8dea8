// The arithmetic of rtl/echo in C++.
#pragma once

#include <array>
#include <cstdint>

namespace proofcard::rtl {

using EchoWord = std::array<std::uint32_t, 16>;

inline EchoWord echo_word(EchoWord word, std::uint32_t mask) {
  for (std::uint32_t& part : word) {
    part ^= mask;
  }
  return word;
}

}  // namespace proofcard::rtl
