// The device process of target hw_emu: a Verilated kernel behind the SystemC memory. PROOFCARD_RTL_MODEL is the
// Verilator class, PROOFCARD_RTL_HEADER its header, PROOFCARD_RTL_CONNECT what connects its masters (masters.hpp).
#include PROOFCARD_RTL_HEADER

#include "sim/card/device_process.hpp"
#include "sim/rtl/clocked_copies.hpp"
#include "sim/rtl/reporting_unit.hpp"
#include "sim/rtl/rtl_unit.hpp"
#include "sim/rtl/waves.hpp"

namespace {

constexpr double kKernelMhz = 300.0;

struct RtlCard {
  RtlCard(proofcard::sim::DeviceMemory& memory, const proofcard::sim::CardDescription& card)
      : system(memory, card.memory, proofcard::sim::pcie_link(card.pcie.gigatransfers, card.pcie.lanes)) {}
  proofcard::sim::KernelClock clock{kKernelMhz};
  proofcard::sim::MemorySystem system;
};

}  // namespace

// SystemC's library expects it; the process moves simulated time on itself.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

int main() {
  using namespace proofcard::sim;  // NOLINT(google-build-using-namespace): a program's main
  run_device_process([](DeviceMemory& memory, const CardDescription& card) -> CardModel {
    auto rtl = std::make_shared<RtlCard>(memory, card);
    const auto make_unit = [rtl](const UnitDescription&) {
      return std::make_unique<ReportingUnit>(
          std::make_unique<RtlUnit<Kernel<PROOFCARD_RTL_MODEL>>>(rtl->clock, rtl->system,
                                                                 &PROOFCARD_RTL_CONNECT<Kernel<PROOFCARD_RTL_MODEL>>),
          rtl->system, kKernelMhz, run_directory());
    };
    return {make_unit, std::make_shared<ClockedCopies>(rtl->clock, rtl->system)};
  });
}
