#include "sim/card/device_memory.hpp"

#include <sys/mman.h>

#include <algorithm>

#include "host/base/check.hpp"

namespace proofcard::sim {

DeviceMemory::DeviceMemory(const std::vector<MemoryChannel>& channels) {
  std::vector<MemoryChannel> sorted = channels;
  std::ranges::sort(sorted, {}, &MemoryChannel::base);
  for (const MemoryChannel& channel : sorted) {
    if (!mappings_.empty() && mappings_.back().base + mappings_.back().bytes == channel.base) {
      mappings_.back().bytes += channel.bytes;
    } else {
      mappings_.push_back({channel.base, channel.bytes, nullptr});
    }
  }
  for (Mapping& m : mappings_) {
    void* data = mmap(nullptr, m.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    PROOFCARD_CHECK(data != MAP_FAILED);
    m.data = static_cast<std::uint8_t*>(data);
  }
}

DeviceMemory::~DeviceMemory() {
  for (const Mapping& m : mappings_) {
    munmap(m.data, m.bytes);
  }
}

std::span<std::uint8_t> DeviceMemory::span(std::uint64_t address, std::uint64_t bytes) {
  for (const Mapping& m : mappings_) {
    if (address >= m.base && address - m.base < m.bytes && bytes <= m.bytes - (address - m.base)) {
      return {m.data + (address - m.base), bytes};
    }
  }
  return {};
}

}  // namespace proofcard::sim
