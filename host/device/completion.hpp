// What a driver checks of every kernel: that a unit has the arguments of the ABI, and that a completion record is of
// the job that was asked for.
//
// Errors: kDeviceFault, which ends the session.
#pragma once

#include <string_view>

#include "host/device/kernel_abi.hpp"
#include "host/device/session.hpp"

namespace proofcard::device {

inline Status check_arguments(Session& session, const UnitDescription& unit, const abi::KernelAbi& kernel,
                              std::uint64_t abi_hash) {
  bool as_expected = unit.num_arguments == kernel.arguments.size();
  for (std::size_t a = 0; as_expected && a < kernel.arguments.size(); ++a) {
    as_expected = kernel.arguments[a].is_buffer == (unit.arguments[a].group >= 0);
  }
  if (!as_expected) {
    return session.give_up(make_error(ErrorKind::kDeviceFault, session.spec(),
                                      "{} has other arguments than {} of ABI {:016x}", unit.name, kernel.name,
                                      abi_hash));
  }
  return {};
}

// Record: a kernel's generated CompletionRecord.
template <class Record>
Status check_record(Session& session, const Record& record, std::string_view kernel, std::uint64_t abi_hash,
                    std::uint32_t job_id, std::string_view (*error_text)(std::uint32_t)) {
  const std::string& spec = session.spec();
  if (record.abi_hash != abi_hash) {
    return session.give_up(make_error(ErrorKind::kDeviceFault, spec,
                                      "expected a kernel with ABI hash {:016x}, found {:016x}", abi_hash,
                                      record.abi_hash));
  }
  if (record.job_id != job_id) {
    return session.give_up(
        make_error(ErrorKind::kDeviceFault, spec, "expected the record of job {}, found {}", job_id, record.job_id));
  }
  if (record.error != 0) {
    return session.give_up(make_error(ErrorKind::kDeviceFault, spec, "{}: job {} ended with error {}, {}", kernel,
                                      job_id, record.error, error_text(record.error)));
  }
  return {};
}

}  // namespace proofcard::device
