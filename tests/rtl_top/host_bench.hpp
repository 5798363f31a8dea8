// A host that writes the registers of a Verilated kernel with Vitis' port names, and an unhelpful memory behind its
// masters.
//
// Model:   the Verilator class. Slaves: made from Model& and AxiMemory&; drive(), edge() and idle() of all its ports.
//          Every cycle also checks what the kernel promises: done does not rise before the last write is answered.
#pragma once

#include <verilated.h>

#include <functional>
#include <memory>

#include "host/device/abi/abi.hpp"
#include "tests/rtl/coverage.hpp"
#include "tests/rtl/power_up.hpp"
#include "tests/rtl_top/axi_memory.hpp"

namespace proofcard::rtl {

namespace abi = device::abi;

template <class Model, class Slaves>
class HostBench {
 public:
  explicit HostBench(AxiMemory& memory) : memory_(memory), slaves_(m(), memory) {
    m().ap_rst_n = 0;
    m().s_axi_control_awvalid = m().s_axi_control_wvalid = m().s_axi_control_arvalid = 0;
    m().s_axi_control_bready = m().s_axi_control_rready = 0;
    for (int i = 0; i < 4; ++i) {
      cycle();
    }
    m().ap_rst_n = 1;
    write(abi::kRegIer, 3);
    write(abi::kRegGie, 1);
  }
  ~HostBench() {
    model_->final();
    write_coverage(*context_);
  }

  Model& m() { return *model_; }
  const Slaves& slaves() const { return slaves_; }

  void cycle() {
    slaves_.drive();
    m().ap_clk = 0;
    m().eval();
    if (m().ap_rst_n != 0) {
      slaves_.edge();  // in reset, outputs are still what they were at power-up
    }
    const bool taken[] = {m().s_axi_control_arvalid && m().s_axi_control_arready,
                          m().s_axi_control_awvalid && m().s_axi_control_awready,
                          m().s_axi_control_wvalid && m().s_axi_control_wready};
    if (m().s_axi_control_rvalid && m().s_axi_control_rready) {
      read_value_ = m().s_axi_control_rdata;
      read_answered_ = true;
    }
    write_answered_ |= m().s_axi_control_bvalid && m().s_axi_control_bready;
    m().ap_clk = 1;
    m().eval();
    m().s_axi_control_arvalid = m().s_axi_control_arvalid && !taken[0];
    m().s_axi_control_awvalid = m().s_axi_control_awvalid && !taken[1];
    m().s_axi_control_wvalid = m().s_axi_control_wvalid && !taken[2];
    if (m().__SYM__interrupt && !interrupted_) {
      EXPECT_TRUE(slaves_.idle()) << "done before the last answer";
    }
    interrupted_ = m().__SYM__interrupt;
    ++memory_.cycle;
  }

  // Address and data come in any order, and the host takes answers when it likes.
  void write(std::uint32_t offset, std::uint32_t value, std::uint8_t strobe = 0xf) {
    m().s_axi_control_awaddr = static_cast<SData>(offset);
    m().s_axi_control_wdata = value;
    m().s_axi_control_wstrb = strobe;
    const bool address_first = memory_.chance(0.5);
    write_answered_ = false;
    m().s_axi_control_awvalid = address_first;
    m().s_axi_control_wvalid = !address_first;
    pause();
    (address_first ? m().s_axi_control_wvalid : m().s_axi_control_awvalid) = 1;
    pause();
    m().s_axi_control_bready = 1;
    wait([&] { return write_answered_; });
    m().s_axi_control_bready = 0;
  }
  std::uint32_t read(std::uint32_t offset) {
    m().s_axi_control_araddr = static_cast<SData>(offset);
    m().s_axi_control_arvalid = 1;
    pause();
    m().s_axi_control_rready = 1;
    read_answered_ = false;
    wait([&] { return read_answered_; });
    m().s_axi_control_rready = 0;
    return read_value_;
  }

  void write_pointer(std::uint32_t offset, std::uint64_t value) {
    write(offset, static_cast<std::uint32_t>(value));
    write(offset + 4, static_cast<std::uint32_t>(value >> 32));
  }
  // Waits for the interrupt, acknowledges, and gives the record that is at `status`.
  template <class Record>
  Record finish_record(std::uint64_t status, int patience = 3'000'000) {
    finish_job(patience);
    Record record{};
    if (!memory_.faulty(status, 1)) {
      std::memcpy(&record, memory_.at(status), sizeof(record));
      std::memset(memory_.at(status), 0, sizeof(record));
    }
    return record;
  }
  // Waits for the interrupt and acknowledges.
  void finish_job(int patience = 3'000'000) {
    for (int i = 0; i < patience && !m().__SYM__interrupt; ++i) {
      cycle();
    }
    EXPECT_TRUE(m().__SYM__interrupt) << "the job does not end";
    EXPECT_EQ(read(abi::kRegIsr), 3U);
    write(abi::kRegIsr, 3);
    EXPECT_FALSE(m().__SYM__interrupt);
    EXPECT_EQ(read(abi::kRegCtrl), abi::kCtrlDone | abi::kCtrlIdle | abi::kCtrlReady);
    EXPECT_EQ(read(abi::kRegCtrl), abi::kCtrlDone | abi::kCtrlIdle);
    write(abi::kRegCtrl, abi::kCtrlContinue);
    EXPECT_EQ(read(abi::kRegCtrl), abi::kCtrlIdle);
  }

 protected:
  AxiMemory& memory_;

 private:
  void pause() {
    while (memory_.chance(0.5)) {
      cycle();
    }
  }
  void wait(const std::function<bool()>& condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) {
      cycle();
    }
    EXPECT_TRUE(condition()) << "the control bus does not answer";
  }

  std::unique_ptr<VerilatedContext> context_ = power_up();
  std::unique_ptr<Model> model_ = std::make_unique<Model>(context_.get());
  Slaves slaves_;
  bool read_answered_ = false;
  bool write_answered_ = false;
  bool interrupted_ = false;
  std::uint32_t read_value_ = 0;
};

}  // namespace proofcard::rtl
