// A compute unit that fails in the jobs that a plan names (host/device/session/fault_plan.hpp), and works in all others.
//
// Control: while a job hangs, or its end is lost, start stays 1 and idle 0 for ever: nothing that a host writes helps.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "host/device/session/fault_plan.hpp"
#include "sim/card/compute_unit.hpp"
#include "sim/card/description.hpp"
#include "sim/card/device_memory.hpp"

namespace proofcard::sim {

class FaultyUnit final : public ComputeUnit {
 public:
  // plan: all of it. Keeps memory.
  FaultyUnit(std::unique_ptr<ComputeUnit> unit, const UnitDescription& description, device::FaultPlan plan,
             DeviceMemory& memory);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  bool advance() override;

 private:
  // false: the unit does not see this start.
  bool begins();
  void flip(std::uint32_t argument_offset);
  void write_read_fault();
  std::uint64_t pointer(std::uint32_t offset) const;

  std::unique_ptr<ComputeUnit> unit_;
  std::string name_;
  const device::abi::KernelAbi& kernel_;
  device::FaultPlan plan_;
  DeviceMemory& memory_;
  std::array<std::uint32_t, 512> arguments_{};  // as written
  std::uint64_t jobs_ = 0;
  std::optional<device::CardFault> fault_;  // of the job that runs
  bool hangs_ = false;                      // for ever
  bool ended_ = false;                      // a job that the unit has not seen
};

}  // namespace proofcard::sim
