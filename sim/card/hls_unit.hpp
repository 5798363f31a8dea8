// The HLS kernel msm_g1 behind the registers that Vitis would give it.
//
// Control: start stays 1 and idle 0 from the write of start until the end; done then holds until continue is written;
// ready
//          clears on read.
// Errors:  buffers outside the card's memory end the job with a read or write fault, as a bus error would. If the
// completion
//          record itself has no place, the job ends without one.
#pragma once

#include <array>
#include <atomic>
#include <thread>

#include "host/device/abi.hpp"
#include "sim/card/compute_unit.hpp"
#include "sim/card/device_memory.hpp"

namespace proofcard::sim {

class HlsUnit : public ComputeUnit {
 public:
  explicit HlsUnit(DeviceMemory& memory) : memory_(memory) {}

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  bool advance() override { return false; }

 private:
  void run();
  std::uint64_t pointer(std::uint32_t offset) const;
  std::uint32_t scalar(std::uint32_t offset) const { return registers_[offset / 4]; }

  DeviceMemory& memory_;
  std::array<std::uint32_t, device::abi::kRegInfoAbiHashLo / 4> registers_{};
  std::atomic<bool> running_ = false;
  std::atomic<bool> done_ = false;
  std::atomic<bool> ready_ = false;
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace proofcard::sim
