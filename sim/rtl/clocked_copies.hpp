// Copies of the host in the simulated time of a card with RTL units.
//
// Timing:  simulated time is that of the card alone: what the host does between its calls takes none. A copy begins
//          when it is asked for and the call is answered when it has ended; meanwhile the units that work are clocked
//          cycle by cycle and share the channels with it. When no unit works only memory and link are simulated.
//          So a job that is started after a copy begins after it, and one call's time follows from the state of the
//          card alone; which cycle of a running job a copy falls in depends on when the host asks.
#pragma once

#include "sim/card/copy_engine.hpp"
#include "sim/rtl/rtl_unit.hpp"

namespace proofcard::sim {

class ClockedCopies final : public CopyEngine {
 public:
  ClockedCopies(KernelClock& clock, MemorySystem& memory) : clock_(clock), memory_(memory) {}

  void copy(std::uint64_t address, std::uint64_t bytes, bool to_card) override {
    PcieDma& dma = memory_.dma();
    dma.start(address, bytes, to_card ? CopyDirection::kToCard : CopyDirection::kToHost);
    while (dma.busy()) {
      if (clock_.any_works()) {
        clock_.step();
      } else {
        sc_core::sc_start();  // until nothing is left to do
      }
    }
  }

 private:
  KernelClock& clock_;
  MemorySystem& memory_;
};

}  // namespace proofcard::sim
