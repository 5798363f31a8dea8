// What went through the memory channels of an emulated card, as its memory model counts it.
//
// Shape:   the device process keeps a text file in the card's private run directory. Its first line is kMemoryMagic and
//          the kernel clock in MHz; each further line is a channel: tag, peak rate in bytes a second, then bytes read
//          and written by kernels, row misses, refreshes, picoseconds in which data was on its bus, and bytes that the
//          host copied in and out.
// Order:   the file has every job whose end the host has seen, and is replaced as a whole.
// Errors:  kDeviceFault for a file of another form.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/result.hpp"

namespace proofcard::device {

constexpr const char* kMemoryFile = "memory.txt";
constexpr const char* kMemoryMagic = "proofcard-memory-2";

// Sums since the card was opened.
struct ChannelUse {
  std::string tag;                          // as "HBM[0]"
  std::uint64_t peak_bytes_per_second = 0;  // of the bus
  std::uint64_t bytes_read = 0;             // by kernels
  std::uint64_t bytes_written = 0;
  std::uint64_t row_misses = 0;
  std::uint64_t refreshes = 0;
  std::uint64_t busy_ps = 0;
  std::uint64_t copied_in = 0;  // bytes, by the host
  std::uint64_t copied_out = 0;
};

struct MemoryUse {
  double kernel_mhz = 0;  // the clock that the card's cycles are of
  std::vector<ChannelUse> channels;
};
// What came since. Pre: of the same card.
MemoryUse operator-(const MemoryUse& a, const MemoryUse& b);

std::string encode_memory_use(const MemoryUse& use);
Result<MemoryUse> parse_memory_use(const std::string& text, const std::string& where);

}  // namespace proofcard::device
