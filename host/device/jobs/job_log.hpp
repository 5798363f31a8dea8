// What the jobs of a card did, whatever their kernel: sums a unit, and when asked for, every job with its times, its
// arguments and what its completion record counted.
//
// Source:  which fields of a record are counters, and the names of arguments, are in the kernel's ABI.
// Threads: any.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/device/abi/kernel_abi.hpp"
#include "host/device/session/worker_protocol.hpp"

namespace proofcard::device {

// Sums over jobs of one kernel.
struct Counters {
  const abi::KernelAbi* kernel = nullptr;  // nullptr: no job, or one of a kernel that this program does not know
  std::uint64_t jobs = 0;
  std::uint64_t kernel_ns = 0;        // start to done, as the worker saw it
  std::uint64_t in_bytes = 0;         // copied to the card for these jobs; data that stays there does not count
  std::uint64_t out_bytes = 0;        // and back
  std::vector<std::uint64_t> record;  // in the order of kernel->counters

  // A counter of the records by its name, as "cycles". Pre: the kernel has it, or there was no job.
  std::uint64_t operator[](std::string_view counter) const;
};
// Pre: of the same kernel, unless one is empty.
Counters operator+(const Counters& a, const Counters& b);
Counters operator-(const Counters& a, const Counters& b);

struct JobEvent {
  std::size_t unit = 0;    // in JobLog::units()
  std::uint32_t slot = 0;  // of the unit, where the job waited
  JobTimes times;
  std::vector<std::uint64_t> arguments;  // the registers among kernel->arguments, in their order
  Counters counters;                     // of this job
};

class JobLog {
 public:
  struct Unit {
    std::string name;
    std::string kernel;
    const abi::KernelAbi* abi = nullptr;  // nullptr: not a kernel of this program
  };

  JobLog() = default;
  // Before the first job.
  void set_units(std::span<const UnitDescription> units);

  // A job that has ended without an error. record: abi_common::kStatusBytes of it. Pre: the unit's kernel is known.
  void add(const JobRequest& job, std::uint32_t slot, const JobTimes& times, std::span<const std::uint8_t> record);
  // From now on events() has the jobs.
  void keep_events();

  const std::vector<Unit>& units() const { return units_; }  // as in the session
  Counters counters(std::size_t unit) const;
  // Of all units of a kernel.
  Counters counters(std::string_view kernel) const;
  // As in the unit's last completion record; 0 before the first.
  std::uint32_t build(std::size_t unit) const;
  std::vector<JobEvent> events() const;

 private:
  std::vector<Unit> units_;
  mutable std::mutex mutex_;
  std::vector<Counters> counters_;
  std::vector<std::uint32_t> builds_;
  std::vector<JobEvent> events_;
  bool keep_ = false;
};

}  // namespace proofcard::device
