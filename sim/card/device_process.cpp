#include "sim/card/device_process.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "host/device/session/fault_plan.hpp"
#include "sim/card/faulty_unit.hpp"
#include "sim/rpc/server.hpp"

namespace proofcard::sim {

std::string run_directory() {
  const char* user = std::getenv("USER");  // set by the host for XRT, whose sockets are in /tmp/$USER
  return std::string("/tmp/") + (user != nullptr ? user : ".") + "/";
}

void run_device_process(const MakeCard& make_card) {
  std::FILE* log = std::fopen("device.log", "w");
  const char* user = std::getenv("USER");
  const char* id = std::getenv("EMULATION_SOCKETID");
  const auto description = read_card_description("card.json");
  const auto faults = device::planned_faults();  // the host has read it, too
  if (log == nullptr || user == nullptr || id == nullptr || !description.ok() || !faults.ok()) {
    std::_Exit(2);
  }
  const std::string directory = run_directory();
  const rpc::Socket host = rpc::connect_to(directory + id, std::chrono::seconds(30));
  if (!host.is_open()) {
    std::_Exit(3);
  }
  const rpc::Socket events = rpc::connect_to(directory + "D2X_unix_sock_" + id, std::chrono::seconds(5));

  DeviceMemory memory(description->memory);
  const CardModel model = make_card(memory, *description);
  rpc::Card card{memory, {}, model.copy_engine};
  for (const UnitDescription& unit : description->units) {
    std::unique_ptr<ComputeUnit> made = model.make_unit(unit);
    if (!faults->empty()) {
      made = std::make_unique<FaultyUnit>(std::move(made), unit, *faults, memory);
    }
    card.units.push_back({unit.base, std::move(made)});
  }
  const bool closed = rpc::serve(host, events, card, log);
  std::fclose(log);
  std::quick_exit(closed ? 0 : 4);  // waves are completed
}

}  // namespace proofcard::sim
