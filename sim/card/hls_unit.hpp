// An HLS kernel behind the registers that Vitis would give it.
//
// Control: start stays 1 and idle 0 from the write of start until the end; done then holds until continue is written;
//          ready clears on read.
// Errors:  buffers outside the card's memory end the job with a read or write fault, as a bus error would. If the
//          completion record itself has no place, the job ends without one.
#pragma once

#include <array>
#include <atomic>
#include <cstring>
#include <span>
#include <string_view>
#include <thread>

#include "host/device/abi/abi.hpp"
#include "sim/card/compute_unit.hpp"
#include "sim/card/device_memory.hpp"

namespace proofcard::sim {

// The control registers of all kernels are the same: the kernel's arguments, by offset.
class HlsArguments {
 public:
  explicit HlsArguments(std::span<const std::uint32_t> registers) : registers_(registers) {}
  std::uint32_t scalar(std::uint32_t offset) const { return registers_[offset / 4]; }
  std::uint64_t pointer(std::uint32_t offset) const {
    return scalar(offset) | static_cast<std::uint64_t>(scalar(offset + 4)) << 32;
  }

 private:
  std::span<const std::uint32_t> registers_;
};

// The buffers of a job, in the card's memory; remembers the first fault. KernelError: the kernel's enumeration.
template <class KernelError>
class HlsBuffers {
 public:
  HlsBuffers(const HlsArguments& arguments, DeviceMemory& memory) : arguments_(arguments), memory_(memory) {}

  // nullptr: a fault, or no bytes. error: what it is when they are not in the card's memory.
  template <class Beat>
  Beat* get(std::uint32_t argument, std::uint64_t bytes, KernelError error) {
    const std::uint64_t address = arguments_.pointer(argument);
    if (address % device::abi::kPointerAlignBytes != 0) {
      note(KernelError::kBadAlignment);
      return nullptr;
    }
    if (bytes == 0) {
      return nullptr;
    }
    const auto span = memory_.span(address, bytes);
    if (span.empty()) {
      note(error);
    }
    return reinterpret_cast<Beat*>(span.data());
  }

  bool fault() const { return fault_ != KernelError::kNone; }

  // To the status buffer, if it has a place; a fault where the kernel found none.
  template <class CompletionRecord>
  void write_record(std::uint32_t argument, const void* record) const {
    CompletionRecord out;
    std::memcpy(&out, record, sizeof(out));
    if (out.error == 0) {
      out.error = static_cast<std::uint32_t>(fault_);
    }
    if (const auto status = memory_.span(arguments_.pointer(argument), sizeof(out)); !status.empty()) {
      std::memcpy(status.data(), &out, sizeof(out));
    }
  }

 private:
  void note(KernelError error) { fault_ = fault() ? fault_ : error; }

  const HlsArguments& arguments_;
  DeviceMemory& memory_;
  KernelError fault_ = KernelError::kNone;
};

// Runs a kernel with these arguments, completion record included. The kernels' memories are static, as in one instance
// of the hardware: units of one process take turns.
using HlsJob = void (*)(const HlsArguments& arguments, DeviceMemory& memory);
void run_msm_g1(const HlsArguments& arguments, DeviceMemory& memory);
void run_ntt_fr(const HlsArguments& arguments, DeviceMemory& memory);
void run_ntt_gl(const HlsArguments& arguments, DeviceMemory& memory);
void run_hadamard_fr(const HlsArguments& arguments, DeviceMemory& memory);
// nullptr: no kernel has this name.
HlsJob find_hls_job(std::string_view kernel);

class HlsUnit : public ComputeUnit {
 public:
  HlsUnit(DeviceMemory& memory, HlsJob job) : memory_(memory), job_(job) {}

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  bool advance() override { return false; }

 private:
  void run();

  DeviceMemory& memory_;
  HlsJob job_;
  std::array<std::uint32_t, device::abi::kRegInfoAbiHashLo / 4> registers_{};
  std::atomic<bool> running_ = false;
  std::atomic<bool> done_ = false;
  std::atomic<bool> ready_ = false;
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace proofcard::sim
