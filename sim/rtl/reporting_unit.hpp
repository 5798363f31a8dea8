// A compute unit that keeps the file of its card's memory statistics (host/device/jobs/memory_use.hpp) up to date.
//
// Order:   the file is replaced when a job's end is read, before the host sees it.
// Errors:  a file that cannot be written is left out: the host then says that the card has no statistics.
#pragma once

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "host/device/abi/abi.hpp"
#include "host/device/jobs/memory_use.hpp"
#include "sim/card/compute_unit.hpp"
#include "sim/memory/memory_system.hpp"

namespace proofcard::sim {

// The statistics of a memory as the host reads them.
inline device::MemoryUse memory_use(const MemorySystem& memory, double kernel_mhz) {
  device::MemoryUse out{kernel_mhz, {}};
  const MemoryStatistics statistics = memory.statistics();
  for (std::size_t i = 0; i < statistics.channels.size(); ++i) {
    const ChannelStatistics& c = statistics.channels[i];
    const double peak = 1e12 / memory.timing(i).parameters().picoseconds_a_byte;
    out.channels.push_back({c.tag, static_cast<std::uint64_t>(peak + 0.5), c.kernel_bytes_read, c.kernel_bytes_written,
                            c.row_misses, c.refreshes, c.busy_ps, c.dma_bytes_in, c.dma_bytes_out});
  }
  return out;
}

class ReportingUnit final : public ComputeUnit {
 public:
  // directory: with a slash at its end; where the card's files are.
  ReportingUnit(std::unique_ptr<ComputeUnit> unit, const MemorySystem& memory, double kernel_mhz, std::string directory)
      : unit_(std::move(unit)), memory_(memory), kernel_mhz_(kernel_mhz), directory_(std::move(directory)) {}

  std::uint32_t read(std::uint32_t offset) override {
    const std::uint32_t value = unit_->read(offset);
    const bool ended = (value & (device::abi::kCtrlDone | device::abi::kCtrlIdle)) != 0;
    if (offset == device::abi::kRegCtrl && started_ && ended) {
      started_ = false;
      write_file();
    }
    return value;
  }

  void write(std::uint32_t offset, std::uint32_t value) override {
    unit_->write(offset, value);
    started_ |= offset == device::abi::kRegCtrl && (value & device::abi::kCtrlStart) != 0;
  }

  bool advance() override { return unit_->advance(); }

 private:
  void write_file() const {
    const std::string path = directory_ + device::kMemoryFile;
    const std::string next = path + ".next";
    std::ofstream out(next, std::ios::trunc);
    out << device::encode_memory_use(memory_use(memory_, kernel_mhz_));
    out.close();
    if (out) {
      std::rename(next.c_str(), path.c_str());
    }
  }

  std::unique_ptr<ComputeUnit> unit_;
  const MemorySystem& memory_;
  double kernel_mhz_;
  std::string directory_;
  bool started_ = false;
};

}  // namespace proofcard::sim
