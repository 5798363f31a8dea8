// What an emulated card is made of: memory channels and compute units, from bitstreams/emulated/*.json.
//
// The same file makes the xclbin (what XRT believes) and the device process (what answers), so the two agree.
// Errors: kBadInput, with the file and the key, for anything missing, overlapping or of the wrong type, and for kernels
// that are not known.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/device/kernel_list.hpp"

namespace proofcard::sim {

struct MemoryChannel {
  std::string tag;
  std::string type;  // "hbm" or "ddr4"
  std::uint64_t base = 0;
  std::uint64_t bytes = 0;
};

struct UnitDescription {
  std::string name;
  const device::abi::KernelAbi* kernel = nullptr;  // never, once it has been read
  std::uint64_t base = 0;
  std::map<std::string, std::size_t> channel;  // by buffer argument: index into memory
};

struct CardDescription {
  std::string name;
  std::vector<MemoryChannel> memory;
  std::vector<UnitDescription> units;
};

Result<CardDescription> read_card_description(const std::string& path);

}  // namespace proofcard::sim
