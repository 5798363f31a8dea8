#include "host/device/job_log.hpp"

#include <array>

namespace proofcard::device {

namespace {

constexpr std::array kFields{&Counters::jobs,
                             &Counters::cycles,
                             &Counters::busy_cycles,
                             &Counters::num_digits,
                             &Counters::stall_memory_cycles,
                             &Counters::stall_queue_cycles,
                             &Counters::drain_cycles,
                             &Counters::fold_cycles,
                             &Counters::kernel_ns,
                             &Counters::in_bytes,
                             &Counters::out_bytes,
                             &Counters::bases_bytes};
static_assert(sizeof(Counters) == kFields.size() * sizeof(std::uint64_t), "every counter is a field");

}  // namespace

Counters operator+(const Counters& a, const Counters& b) {
  Counters out = a;
  for (const auto field : kFields) {
    out.*field += b.*field;
  }
  return out;
}

Counters operator-(const Counters& a, const Counters& b) {
  Counters out = a;
  for (const auto field : kFields) {
    out.*field -= b.*field;
  }
  return out;
}

JobLog::JobLog(std::vector<std::string> units) : units_(std::move(units)), counters_(units_.size()) {}

void JobLog::add(std::size_t unit, JobEvent event) {
  Counters of_job;
  of_job.jobs = 1;
  of_job.cycles = event.record.cycles;
  of_job.busy_cycles = event.record.busy_cycles;
  of_job.num_digits = event.record.num_digits;
  of_job.stall_memory_cycles = event.record.stall_memory_cycles;
  of_job.stall_queue_cycles = event.record.stall_queue_cycles;
  of_job.drain_cycles = event.record.drain_cycles;
  of_job.fold_cycles = event.record.fold_cycles;
  of_job.kernel_ns = static_cast<std::uint64_t>(event.times.kernel_end_ns - event.times.kernel_begin_ns);
  of_job.in_bytes = event.in_bytes;
  of_job.out_bytes = event.out_bytes;
  of_job.bases_bytes = event.num_points * abi::kBaseBytes;
  const std::lock_guard lock(mutex_);
  counters_[unit] = counters_[unit] + of_job;
  if (keep_) {
    event.unit = units_[unit];
    events_.push_back(std::move(event));
  }
}

void JobLog::keep_events() {
  const std::lock_guard lock(mutex_);
  keep_ = true;
}

Counters JobLog::counters(std::size_t unit) const {
  const std::lock_guard lock(mutex_);
  return counters_[unit];
}

Counters JobLog::counters() const {
  const std::lock_guard lock(mutex_);
  Counters out;
  for (const Counters& c : counters_) {
    out = out + c;
  }
  return out;
}

std::vector<JobEvent> JobLog::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

}  // namespace proofcard::device
