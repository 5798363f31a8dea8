#include "host/device/jobs/job_log.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

#include "host/base/check.hpp"
#include "host/device/abi/abi_common.hpp"
#include "host/device/abi/kernel_list.hpp"

namespace proofcard::device {

namespace {

template <class Operation>
Counters combine(const Counters& a, const Counters& b, Operation operation) {
  PROOFCARD_CHECK(a.kernel == b.kernel || a.kernel == nullptr || b.kernel == nullptr);
  Counters out;
  out.kernel = a.kernel != nullptr ? a.kernel : b.kernel;
  out.jobs = operation(a.jobs, b.jobs);
  out.kernel_ns = operation(a.kernel_ns, b.kernel_ns);
  out.in_bytes = operation(a.in_bytes, b.in_bytes);
  out.out_bytes = operation(a.out_bytes, b.out_bytes);
  out.record.resize(std::max(a.record.size(), b.record.size()));
  for (std::size_t i = 0; i < out.record.size(); ++i) {
    out.record[i] = operation(i < a.record.size() ? a.record[i] : 0, i < b.record.size() ? b.record[i] : 0);
  }
  return out;
}

std::uint64_t read_field(std::span<const std::uint8_t> record, const abi::Counter& field) {
  std::uint64_t value = 0;
  std::memcpy(&value, record.data() + field.offset, field.bytes);
  return value;
}

}  // namespace

std::uint64_t Counters::operator[](std::string_view counter) const {
  if (record.empty()) {
    return 0;
  }
  const auto found = std::ranges::find(kernel->counters, counter, &abi::Counter::name);
  PROOFCARD_CHECK(found != kernel->counters.end());
  return record[static_cast<std::size_t>(found - kernel->counters.begin())];
}

Counters operator+(const Counters& a, const Counters& b) { return combine(a, b, std::plus<>()); }
Counters operator-(const Counters& a, const Counters& b) { return combine(a, b, std::minus<>()); }

void JobLog::set_units(std::span<const UnitDescription> units) {
  for (const UnitDescription& unit : units) {
    units_.push_back({unit.name, unit.kernel, abi::find_kernel(unit.kernel)});
    counters_.emplace_back().kernel = units_.back().abi;
  }
  builds_.resize(units_.size());
}

void JobLog::add(const JobRequest& job, std::uint32_t slot, const JobTimes& times,
                 std::span<const std::uint8_t> record) {
  PROOFCARD_CHECK(job.unit < units_.size() && units_[job.unit].abi != nullptr);
  PROOFCARD_CHECK(record.size() >= abi_common::kStatusBytes);
  const abi::KernelAbi& kernel = *units_[job.unit].abi;
  JobEvent event{.unit = job.unit, .slot = slot, .times = times, .arguments = {}, .counters = {}};
  event.counters.kernel = &kernel;
  event.counters.jobs = 1;
  event.counters.kernel_ns = static_cast<std::uint64_t>(times.kernel_end_ns - times.kernel_begin_ns);
  for (std::size_t i = 0; i < kernel.arguments.size(); ++i) {
    event.counters.in_bytes += job.arguments[i].in_bytes;
    event.counters.out_bytes += job.arguments[i].out_bytes;
    if (!kernel.arguments[i].is_buffer) {
      event.arguments.push_back(job.arguments[i].value);
    }
  }
  for (const abi::Counter& field : kernel.counters) {
    event.counters.record.push_back(read_field(record, field));
  }
  const std::lock_guard lock(mutex_);
  counters_[job.unit] = counters_[job.unit] + event.counters;
  std::memcpy(&builds_[job.unit], record.data() + abi_common::kRecordBuildOffset, sizeof(std::uint32_t));
  if (keep_) {
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

Counters JobLog::counters(std::string_view kernel) const {
  const std::lock_guard lock(mutex_);
  Counters out;
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (units_[i].kernel == kernel) {
      out = out + counters_[i];
    }
  }
  return out;
}

std::uint32_t JobLog::build(std::size_t unit) const {
  const std::lock_guard lock(mutex_);
  return builds_[unit];
}

std::vector<JobEvent> JobLog::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

}  // namespace proofcard::device
