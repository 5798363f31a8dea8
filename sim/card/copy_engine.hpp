// What lets simulated time pass for a copy between host and card. The caller moves the data, after that time.
#pragma once

#include <cstdint>

namespace proofcard::sim {

class CopyEngine {
 public:
  virtual ~CopyEngine() = default;
  // Simulates until the copy would be done; units that work go on meanwhile. Pre: bytes > 0, all of them memory.
  virtual void copy(std::uint64_t address, std::uint64_t bytes, bool to_card) = 0;
};

}  // namespace proofcard::sim
