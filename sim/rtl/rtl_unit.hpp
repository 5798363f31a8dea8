// A Verilated kernel as a compute unit: its clock, its control bus and its masters on the card's memory.
//
// Timing:  all units of a card share one kernel clock; each cycle of it also moves the SystemC memory on by one period.
// The clock
//          stands still while no unit works and nobody reads a register, so idle time costs nothing; a unit that idles
//          while others work is not clocked.
// Model:   a Verilator class of a top with the port names that Vitis expects of an RTL kernel: ap_clk, ap_rst_n,
//          s_axi_control_* (12-bit addresses, 32-bit data), and the masters that masters.hpp connects.
// Errors:  a control bus that does not answer within kControlPatience cycles ends the process, which the host reports.
#pragma once

// Before SystemC, or it takes this for a model that was made with --sc.
#include <verilated.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "host/base/check.hpp"
#include "host/device/abi/abi.hpp"
#include "sim/card/compute_unit.hpp"
#include "sim/rtl/masters.hpp"

namespace proofcard::sim {

constexpr int kCyclesBetweenPolls = 256;
constexpr int kControlPatience = 10'000;
constexpr int kResetCycles = 16;

// The kernel clock of a card.
class KernelClock {
 public:
  explicit KernelClock(double mhz) : period_(1000.0 / mhz, sc_core::SC_NS) {}
  // works(): a job runs in the unit. edge(): called every cycle.
  void add(std::function<bool()> works, std::function<void()> edge) {
    units_.push_back({std::move(works), std::move(edge)});
  }
  bool any_works() const {
    return std::ranges::any_of(units_, [](const Unit& unit) { return unit.works(); });
  }
  void step() {
    for (const Unit& unit : units_) {
      unit.edge();
    }
    sc_core::sc_start(period_);
    ++cycles_;
  }
  std::uint64_t cycles() const { return cycles_; }

 private:
  struct Unit {
    std::function<bool()> works;
    std::function<void()> edge;
  };
  sc_core::sc_time period_;
  std::vector<Unit> units_;
  std::uint64_t cycles_ = 0;
};

template <class Model>
class RtlUnit final : public ComputeUnit {
 public:
  RtlUnit(KernelClock& clock, MemorySystem& memory, Masters (*connect)(Model&, MemorySystem&))
      : clock_(clock), masters_(connect(*model_, memory)) {
    clock_.add([this] { return busy_; },
               [this] {
                 if (busy_ || in_access_) {
                   cycle();
                 }
               });
  }

  std::uint32_t read(std::uint32_t offset) override {
    leave_reset();
    model_->s_axi_control_araddr = static_cast<std::uint16_t>(offset & 0xfff);
    model_->s_axi_control_arvalid = 1;
    model_->s_axi_control_rready = 1;
    run_until([this] { return read_answered_; });
    read_answered_ = false;
    model_->s_axi_control_rready = 0;
    if (offset == device::abi::kRegCtrl && (read_value_ & device::abi::kCtrlIdle) != 0) {
      busy_ = false;
    }
    return read_value_;
  }

  void write(std::uint32_t offset, std::uint32_t value) override {
    leave_reset();
    model_->s_axi_control_awaddr = static_cast<std::uint16_t>(offset & 0xfff);
    model_->s_axi_control_awvalid = 1;
    model_->s_axi_control_wdata = value;
    model_->s_axi_control_wstrb = 0xf;
    model_->s_axi_control_wvalid = 1;
    model_->s_axi_control_bready = 1;
    run_until([this] { return write_answered_; });
    write_answered_ = false;
    model_->s_axi_control_bready = 0;
    busy_ |= offset == device::abi::kRegCtrl && (value & device::abi::kCtrlStart) != 0;
  }

  bool advance() override {
    for (int i = 0; busy_ && i < kCyclesBetweenPolls; ++i) {
      clock_.step();
    }
    return busy_;
  }

 private:
  // One clock cycle: inputs settle while the clock is low, then the rising edge.
  void cycle() {
    for (const auto& master : masters_) {
      master->drive();
    }
    model_->ap_clk = 0;
    model_->eval();
    const bool ar = model_->s_axi_control_arvalid && model_->s_axi_control_arready;
    const bool r = model_->s_axi_control_rvalid && model_->s_axi_control_rready;
    const bool aw = model_->s_axi_control_awvalid && model_->s_axi_control_awready;
    const bool w = model_->s_axi_control_wvalid && model_->s_axi_control_wready;
    const bool b = model_->s_axi_control_bvalid && model_->s_axi_control_bready;
    if (r) {
      read_value_ = model_->s_axi_control_rdata;
      read_answered_ = true;
    }
    write_answered_ |= b;
    if (model_->ap_rst_n) {
      for (const auto& master : masters_) {
        master->edge();
      }
    }
    model_->ap_clk = 1;
    model_->eval();
    // Outputs of the test side change after the edge.
    model_->s_axi_control_arvalid = model_->s_axi_control_arvalid && !ar;
    model_->s_axi_control_awvalid = model_->s_axi_control_awvalid && !aw;
    model_->s_axi_control_wvalid = model_->s_axi_control_wvalid && !w;
  }

  void leave_reset() {
    if (model_->ap_rst_n) {
      return;
    }
    in_access_ = true;
    for (int i = 0; i < kResetCycles; ++i) {
      clock_.step();
    }
    in_access_ = false;
    model_->ap_rst_n = 1;
  }

  template <class Condition>
  void run_until(Condition condition) {
    in_access_ = true;
    for (int i = 0; !condition(); ++i) {
      PROOFCARD_CHECK(i < kControlPatience);
      clock_.step();
    }
    in_access_ = false;
  }

  KernelClock& clock_;
  std::unique_ptr<Model> model_ = std::make_unique<Model>();
  Masters masters_;
  bool busy_ = false;
  bool in_access_ = false;  // of the control bus, or reset
  bool read_answered_ = false;
  bool write_answered_ = false;
  std::uint32_t read_value_ = 0;
};

}  // namespace proofcard::sim
