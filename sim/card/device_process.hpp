// What every device process does: reads card.json, connects to the shim that started it, answers until the host closes
// the card.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sim/card/compute_unit.hpp"
#include "sim/card/copy_engine.hpp"
#include "sim/card/description.hpp"
#include "sim/card/device_memory.hpp"

namespace proofcard::sim {

// Makes the compute unit of this description; called once for each, in order.
using MakeUnit = std::function<std::unique_ptr<ComputeUnit>(const UnitDescription& unit)>;
struct CardModel {
  MakeUnit make_unit;
  std::shared_ptr<CopyEngine> copy_engine = nullptr;  // none: the host's copies take no simulated time
};
// Called with the card's memory before the units are made; the units may keep what is made here.
using MakeCard = std::function<CardModel(DeviceMemory& memory, const CardDescription& card)>;

// The private directory of the card's run, with a slash at its end: XRT's sockets are there, and what the device leaves
// for the host.
std::string run_directory();

// Does not return: a job that still runs when the host has gone has nobody to report to.
[[noreturn]] void run_device_process(const MakeCard& make_card);

}  // namespace proofcard::sim
