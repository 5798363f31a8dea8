// A compute unit as the card's control bus sees it: registers at offsets from its base, ap_ctrl_chain.
//
// An implementation either works in a thread of its own (HLS kernels) or is advanced by the loop that also answers XRT
// (RTL).
#pragma once

#include <cstdint>

namespace proofcard::sim {

class ComputeUnit {
 public:
  virtual ~ComputeUnit() = default;
  virtual std::uint32_t read(std::uint32_t offset) = 0;
  virtual void write(std::uint32_t offset, std::uint32_t value) = 0;
  // Simulates some clock cycles; false: nothing to simulate now.
  virtual bool advance() = 0;
};

}  // namespace proofcard::sim
