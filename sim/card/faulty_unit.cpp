#include "sim/card/faulty_unit.hpp"

#include <algorithm>
#include <cstring>

#include "host/device/abi/abi.hpp"

namespace proofcard::sim {

namespace abi = device::abi;
using device::CardFault;

namespace {

const abi::Argument& argument(const abi::KernelAbi& kernel, std::string_view name) {
  return *std::ranges::find(kernel.arguments, name, &abi::Argument::name);
}

// The first buffer of the port that also has the record.
const abi::Argument& first_output(const abi::KernelAbi& kernel) {
  return *std::ranges::find(kernel.arguments, argument(kernel, "status").port, &abi::Argument::port);
}

}  // namespace

FaultyUnit::FaultyUnit(std::unique_ptr<ComputeUnit> unit, const UnitDescription& description, device::FaultPlan plan,
                       DeviceMemory& memory)
    : unit_(std::move(unit)),
      name_(description.name),
      kernel_(*description.kernel),
      plan_(std::move(plan)),
      memory_(memory) {}

std::uint32_t FaultyUnit::read(std::uint32_t offset) {
  if (offset != abi::kRegCtrl) {
    return unit_->read(offset);
  }
  if (hangs_) {
    return abi::kCtrlStart;
  }
  if (ended_) {
    return abi::kCtrlIdle | abi::kCtrlDone | abi::kCtrlReady;
  }
  const std::uint32_t control = unit_->read(offset);
  if (fault_ && (control & abi::kCtrlDone) != 0) {
    if (*fault_ == CardFault::kLostDone) {
      hangs_ = true;
      return abi::kCtrlStart;
    }
    if (*fault_ == CardFault::kWrongData) {
      flip(first_output(kernel_).offset);
    }
    fault_.reset();
  }
  return control;
}

void FaultyUnit::write(std::uint32_t offset, std::uint32_t value) {
  if (offset != abi::kRegCtrl) {
    if (offset / 4 < arguments_.size()) {
      arguments_[offset / 4] = value;
    }
    unit_->write(offset, value);
    return;
  }
  if (ended_ && (value & abi::kCtrlContinue) != 0) {
    ended_ = false;
    value &= ~abi::kCtrlContinue;
  }
  if (hangs_ || ((value & abi::kCtrlStart) != 0 && !begins())) {
    return;
  }
  unit_->write(offset, value);
}

bool FaultyUnit::advance() { return !hangs_ && unit_->advance(); }

bool FaultyUnit::begins() {
  ++jobs_;
  fault_.reset();
  for (const device::PlannedFault& planned : plan_) {
    if (planned.job == jobs_ && (planned.unit == "*" || planned.unit == name_)) {
      fault_ = planned.fault;
    }
  }
  if (fault_ == CardFault::kHang) {
    hangs_ = true;
  } else if (fault_ == CardFault::kBusError) {
    write_read_fault();
    ended_ = true;
  } else if (fault_ == CardFault::kEcc) {
    flip(kernel_.arguments.front().offset);
  }
  return !hangs_ && !ended_;
}

void FaultyUnit::flip(std::uint32_t argument_offset) {
  if (const auto byte = memory_.span(pointer(argument_offset), 1); !byte.empty()) {
    byte[0] ^= 1;
  }
}

void FaultyUnit::write_read_fault() {
  // All kernels but the first share their codes.
  const auto code = kernel_.name == abi::kKernelName
                        ? static_cast<std::uint32_t>(abi::KernelError::kReadFault)
                        : static_cast<std::uint32_t>(device::abi_common::KernelError::kReadFault);
  device::abi_common::RecordHead head{};
  head.abi_hash = kernel_.hash;
  head.job_id = arguments_[argument(kernel_, "job_id").offset / 4];
  head.error = code;
  const auto status = memory_.span(pointer(argument(kernel_, "status").offset), device::abi_common::kStatusBytes);
  if (!status.empty()) {
    std::ranges::fill(status, std::uint8_t{0});
    std::memcpy(status.data(), &head, sizeof(head));
  }
}

std::uint64_t FaultyUnit::pointer(std::uint32_t offset) const {
  return arguments_[offset / 4] | static_cast<std::uint64_t>(arguments_[offset / 4 + 1]) << 32;
}

}  // namespace proofcard::sim
