#include "host/device/job_log.hpp"

namespace proofcard::device {

Counters operator+(const Counters& a, const Counters& b) {
  Counters out = a;
  out.jobs += b.jobs;
  out.cycles += b.cycles;
  out.busy_cycles += b.busy_cycles;
  out.num_digits += b.num_digits;
  out.stall_memory_cycles += b.stall_memory_cycles;
  out.stall_queue_cycles += b.stall_queue_cycles;
  out.drain_cycles += b.drain_cycles;
  out.fold_cycles += b.fold_cycles;
  out.kernel_ns += b.kernel_ns;
  out.in_bytes += b.in_bytes;
  out.out_bytes += b.out_bytes;
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
