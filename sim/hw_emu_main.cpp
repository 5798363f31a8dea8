// The device process of target hw_emu: the Verilated kernels behind one SystemC memory.
#include "Vhadamard_fr.h"
#include "Vmsm_g1.h"
#include "Vntt_fr.h"
#include "Vntt_gl.h"
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
    const auto make = [rtl](const UnitDescription& unit) -> std::unique_ptr<ComputeUnit> {
      if (unit.kernel->name == "ntt_fr") {
        return std::make_unique<RtlUnit<Kernel<Vntt_fr>>>(rtl->clock, rtl->system, &connect_ntt_fr<Kernel<Vntt_fr>>);
      }
      if (unit.kernel->name == "hadamard_fr") {
        return std::make_unique<RtlUnit<Kernel<Vhadamard_fr>>>(rtl->clock, rtl->system,
                                                               &connect_hadamard_fr<Kernel<Vhadamard_fr>>);
      }
      if (unit.kernel->name == "ntt_gl") {
        return std::make_unique<RtlUnit<Kernel<Vntt_gl>>>(rtl->clock, rtl->system, &connect_ntt_gl<Kernel<Vntt_gl>>);
      }
      PROOFCARD_CHECK(unit.kernel->name == "msm_g1");
      return std::make_unique<RtlUnit<Kernel<Vmsm_g1>>>(rtl->clock, rtl->system, &connect_msm_g1<Kernel<Vmsm_g1>>);
    };
    const auto make_unit = [rtl, make](const UnitDescription& unit) {
      return std::make_unique<ReportingUnit>(make(unit), rtl->system, kKernelMhz, run_directory());
    };
    return {make_unit, std::make_shared<ClockedCopies>(rtl->clock, rtl->system)};
  });
}
