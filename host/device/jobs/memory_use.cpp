#include "host/device/jobs/memory_use.hpp"

#include <sstream>

#include "host/base/check.hpp"

namespace proofcard::device {

MemoryUse operator-(const MemoryUse& a, const MemoryUse& b) {
  PROOFCARD_CHECK(a.channels.size() == b.channels.size());
  MemoryUse out = a;
  for (std::size_t i = 0; i < out.channels.size(); ++i) {
    ChannelUse& channel = out.channels[i];
    const ChannelUse& before = b.channels[i];
    channel.bytes_read -= before.bytes_read;
    channel.bytes_written -= before.bytes_written;
    channel.row_misses -= before.row_misses;
    channel.refreshes -= before.refreshes;
    channel.busy_ps -= before.busy_ps;
    channel.copied_in -= before.copied_in;
    channel.copied_out -= before.copied_out;
  }
  return out;
}

std::string encode_memory_use(const MemoryUse& use) {
  std::string out = fmt::format("{} {}\n", kMemoryMagic, use.kernel_mhz);
  for (const ChannelUse& c : use.channels) {
    out += fmt::format("{} {} {} {} {} {} {} {} {}\n", c.tag, c.peak_bytes_per_second, c.bytes_read, c.bytes_written,
                       c.row_misses, c.refreshes, c.busy_ps, c.copied_in, c.copied_out);
  }
  return out;
}

Result<MemoryUse> parse_memory_use(const std::string& text, const std::string& where) {
  MemoryUse out;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  std::istringstream first(line);
  std::string magic;
  if (!(first >> magic >> out.kernel_mhz) || magic != kMemoryMagic || !(out.kernel_mhz > 0)) {
    return make_error(ErrorKind::kDeviceFault, where,
                      "expected statistics of a card's memory, found another first line");
  }
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    ChannelUse c;
    std::string rest;
    if (!(words >> c.tag >> c.peak_bytes_per_second >> c.bytes_read >> c.bytes_written >> c.row_misses >> c.refreshes >>
          c.busy_ps >> c.copied_in >> c.copied_out) ||
        words >> rest || c.peak_bytes_per_second == 0) {
      return make_error(ErrorKind::kDeviceFault, where, "expected a channel's tag and 8 numbers in line {}",
                        out.channels.size() + 2);
    }
    out.channels.push_back(std::move(c));
  }
  return out;
}

}  // namespace proofcard::device
