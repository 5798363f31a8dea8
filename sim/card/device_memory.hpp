// The memory channels of an emulated card.
//
// Shape:   channels side by side are one range of addresses, as behind a card's memory switch; each such range is a
//          private mapping without reserved swap: pages that nobody writes cost nothing.
// Errors:  span() is empty when not all of the range is memory: the bus would answer with a decode error.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/card/description.hpp"

namespace proofcard::sim {

class DeviceMemory {
 public:
  explicit DeviceMemory(const std::vector<MemoryChannel>& channels);
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  // Pre: bytes > 0.
  std::span<std::uint8_t> span(std::uint64_t address, std::uint64_t bytes);

 private:
  struct Mapping {
    std::uint64_t base;
    std::uint64_t bytes;
    std::uint8_t* data;
  };
  std::vector<Mapping> mappings_;
};

}  // namespace proofcard::sim
