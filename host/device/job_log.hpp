// What the jobs of a card did: sums a unit, and when asked for, every job with its times and its completion record.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "host/device/abi.hpp"
#include "host/device/worker_protocol.hpp"

namespace proofcard::device {

struct JobEvent {
  std::string unit;
  std::uint32_t slot = 0;
  JobTimes times;
  abi::CompletionRecord record{};
  std::uint64_t num_points = 0;
  std::uint64_t num_rows = 0;
  std::uint32_t scalar_bits = 0;
  std::uint64_t first_window = 0;
  std::uint64_t num_windows = 0;
  std::uint64_t in_bytes = 0;   // copied to the card for this job
  std::uint64_t out_bytes = 0;  // and back
};

// Sums over completion records.
struct Counters {
  std::uint64_t jobs = 0;
  std::uint64_t cycles = 0;
  std::uint64_t busy_cycles = 0;
  std::uint64_t num_digits = 0;
  std::uint64_t stall_memory_cycles = 0;
  std::uint64_t stall_queue_cycles = 0;
  std::uint64_t drain_cycles = 0;
  std::uint64_t fold_cycles = 0;
  std::uint64_t kernel_ns = 0;  // start to done, as the worker saw it
  std::uint64_t in_bytes = 0;
  std::uint64_t out_bytes = 0;
  std::uint64_t bases_bytes = 0;  // of the jobs' points, which stay on the card
};
Counters operator+(const Counters& a, const Counters& b);
Counters operator-(const Counters& a, const Counters& b);

class JobLog {
 public:
  explicit JobLog(std::vector<std::string> units);

  void add(std::size_t unit, JobEvent event);
  // From now on events() has the jobs.
  void keep_events();

  const std::vector<std::string>& units() const { return units_; }
  Counters counters(std::size_t unit) const;
  Counters counters() const;
  std::vector<JobEvent> events() const;

 private:
  std::vector<std::string> units_;
  mutable std::mutex mutex_;
  std::vector<Counters> counters_;
  std::vector<JobEvent> events_;
  bool keep_ = false;
};

}  // namespace proofcard::device
