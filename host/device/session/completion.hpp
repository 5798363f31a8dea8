// What a driver checks of every kernel: that a unit has the arguments of the ABI, and that a completion record is of
// the job that was asked for.
//
// Errors: kDeviceFault, which ends the session.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "host/device/abi/kernel_abi.hpp"
#include "host/device/session/session.hpp"

namespace proofcard::device {

inline Status check_arguments(Session& session, const UnitDescription& unit, const abi::KernelAbi& kernel) {
  bool as_expected = unit.num_arguments == kernel.arguments.size();
  for (std::size_t a = 0; as_expected && a < kernel.arguments.size(); ++a) {
    as_expected = kernel.arguments[a].is_buffer == (unit.arguments[a].group >= 0);
  }
  if (!as_expected) {
    return session.give_up(make_error(ErrorKind::kDeviceFault, session.spec(),
                                      "{} has other arguments than {} of ABI {:016x}", unit.name, kernel.name,
                                      kernel.hash));
  }
  return {};
}

// Runs a job, checks its completion record and notes it in the session's log. status: where the record goes; slot: of
// the unit, for the log. Record: the kernel's generated CompletionRecord.
template <class Record>
Result<Record> run_job(Session& session, const JobRequest& job, std::uint64_t job_id, std::uint32_t lane,
                       std::uint32_t slot, std::span<std::uint8_t> status, const abi::KernelAbi& kernel,
                       std::string_view (*error_text)(std::uint32_t)) {
  const std::string& spec = session.spec();
  // A record that the kernel did not write must not look like one of an earlier job.
  std::fill_n(status.begin(), sizeof(Record), std::uint8_t{0});
  PROOFCARD_TRY(const JobTimes times, session.run(job, lane));
  Record record;
  std::memcpy(&record, status.data(), sizeof(record));
  if (record.abi_hash != kernel.hash) {
    return session.give_up(make_error(ErrorKind::kDeviceFault, spec,
                                      "expected a kernel with ABI hash {:016x}, found {:016x}", kernel.hash,
                                      record.abi_hash));
  }
  if (record.job_id != job_id) {
    return session.give_up(
        make_error(ErrorKind::kDeviceFault, spec, "expected the record of job {}, found {}", job_id, record.job_id));
  }
  if (record.error != 0) {
    return session.give_up(make_error(ErrorKind::kDeviceFault, spec, "{}: job {} ended with error {}, {}", kernel.name,
                                      job_id, record.error, error_text(record.error)));
  }
  session.log().add(job, slot, times, status);
  return record;
}

}  // namespace proofcard::device
