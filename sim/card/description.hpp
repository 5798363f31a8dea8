// What an emulated card is made of: memory channels and compute units, from bitstreams/emulated/*.json.
//
// The same file makes the xclbin (what XRT believes) and the device process (what answers), so the two agree.
// Shape:   an argument's memory is a channel, "HBM[0]", or a range of channels side by side, "HBM[0:7]", in which a
//          buffer may be larger than a channel. "pcie" is the link, as "gen4x8"; without it gen3x16.
// Errors:  kBadInput, with the file and the key, for anything missing, overlapping or of the wrong type, and for
//          kernels that are not known. A range that overlaps another memory in use is refused: XRT's emulation would
//          give both the same addresses.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/device/abi/kernel_list.hpp"

namespace proofcard::sim {

struct MemoryChannel {
  std::string tag;
  std::string type;  // "hbm" or "ddr4"
  std::uint64_t base = 0;
  std::uint64_t bytes = 0;
};

// Channels side by side.
struct ChannelRange {
  std::string tag;
  std::size_t first = 0;
  std::size_t count = 0;
};

struct UnitDescription {
  std::string name;
  const device::abi::KernelAbi* kernel = nullptr;  // never, once it has been read
  std::uint64_t base = 0;
  std::map<std::string, std::size_t> memory;  // by buffer argument: a channel, or memory.size() + a range
};

struct PcieDescription {
  double gigatransfers = 8;  // a second, of a lane
  unsigned lanes = 16;
};

struct CardDescription {
  std::string name;
  PcieDescription pcie;
  std::vector<MemoryChannel> memory;
  std::vector<ChannelRange> ranges;
  std::vector<UnitDescription> units;

  // The channels of what an argument is connected to.
  ChannelRange channels_of(std::size_t index) const {
    return index < memory.size() ? ChannelRange{memory[index].tag, index, 1} : ranges[index - memory.size()];
  }
};

Result<CardDescription> read_card_description(const std::string& path);

}  // namespace proofcard::sim
