// A Verilated kernel with Vitis' port names between a host that writes its registers and an unhelpful memory.
//
// Model:   the Verilator class of msm_g1. Every cycle also checks what the protocol of the kernel promises: done does
// not rise
//          before the last write is answered, and nothing is asked of memory when the kernel is idle.
#pragma once

#include <verilated.h>

#include <functional>
#include <memory>

#include "host/device/abi.hpp"
#include "tests/rtl/coverage.hpp"
#include "tests/rtl_top/axi_memory.hpp"

namespace proofcard::rtl {

namespace abi = device::abi;

struct KernelJob {
  std::uint64_t bases = 0;
  std::uint64_t scalars = 0;
  std::uint64_t results = 0;
  std::uint64_t status = 0;
  std::uint32_t num_points = 0;
  std::uint32_t num_msms = 1;
  std::uint32_t scalar_bits = 254;
  std::uint32_t first_window = 0;
  std::uint32_t num_windows = 1;
  std::uint32_t flags = 0;
  std::uint32_t job_id = 0;
  std::uint32_t bases_stride = 0;
  std::uint32_t num_multiples = 0;
};

template <class Model>
class KernelBench {
 public:
  explicit KernelBench(AxiMemory& memory)
      : memory_(memory),
        bases_({m().m_axi_gmem_bases_arvalid, m().m_axi_gmem_bases_araddr, m().m_axi_gmem_bases_arlen,
                m().m_axi_gmem_bases_rready, m().m_axi_gmem_bases_arready, m().m_axi_gmem_bases_rvalid,
                m().m_axi_gmem_bases_rlast, m().m_axi_gmem_bases_rresp, m().m_axi_gmem_bases_rdata},
               memory),
        scalars_({m().m_axi_gmem_scalars_arvalid, m().m_axi_gmem_scalars_araddr, m().m_axi_gmem_scalars_arlen,
                  m().m_axi_gmem_scalars_rready, m().m_axi_gmem_scalars_arready, m().m_axi_gmem_scalars_rvalid,
                  m().m_axi_gmem_scalars_rlast, m().m_axi_gmem_scalars_rresp, m().m_axi_gmem_scalars_rdata},
                 memory),
        results_({m().m_axi_gmem_results_awvalid, m().m_axi_gmem_results_awaddr, m().m_axi_gmem_results_awlen,
                  m().m_axi_gmem_results_wvalid, m().m_axi_gmem_results_wdata, m().m_axi_gmem_results_wstrb,
                  m().m_axi_gmem_results_wlast, m().m_axi_gmem_results_bready, m().m_axi_gmem_results_awready,
                  m().m_axi_gmem_results_wready, m().m_axi_gmem_results_bvalid, m().m_axi_gmem_results_bresp},
                 memory) {
    m().ap_rst_n = 0;
    for (int i = 0; i < 4; ++i) {
      cycle();
    }
    m().ap_rst_n = 1;
    write(abi::kRegIer, 3);
    write(abi::kRegGie, 1);
  }
  ~KernelBench() {
    model_->final();
    write_coverage(*context_);
  }

  Model& m() { return *model_; }

  void cycle() {
    bases_.drive();
    scalars_.drive();
    results_.drive();
    m().ap_clk = 0;
    m().eval();
    bases_.edge();
    scalars_.edge();
    results_.edge();
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
      EXPECT_TRUE(memory_idle()) << "done before the last answer";
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
    m().s_axi_control_awvalid = address_first;
    m().s_axi_control_wvalid = !address_first;
    pause();
    m().s_axi_control_awvalid = 1;
    m().s_axi_control_wvalid = 1;
    pause();
    m().s_axi_control_bready = 1;
    write_answered_ = false;
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

  void set_arguments(const KernelJob& job) {
    const auto pointer = [&](std::uint32_t offset, std::uint64_t value) {
      write(offset, static_cast<std::uint32_t>(value));
      write(offset + 4, static_cast<std::uint32_t>(value >> 32));
    };
    pointer(abi::kArgBases, job.bases);
    pointer(abi::kArgScalars, job.scalars);
    pointer(abi::kArgResults, job.results);
    pointer(abi::kArgStatus, job.status);
    write(abi::kArgNumPoints, job.num_points);
    write(abi::kArgNumMsms, job.num_msms);
    write(abi::kArgScalarBits, job.scalar_bits);
    write(abi::kArgFirstWindow, job.first_window);
    write(abi::kArgNumWindows, job.num_windows);
    write(abi::kArgFlags, job.flags);
    write(abi::kArgJobId, job.job_id);
    write(abi::kArgBasesStride, job.bases_stride);
    write(abi::kArgNumMultiples, job.num_multiples);
  }
  void start(const KernelJob& job) {
    set_arguments(job);
    write(abi::kRegCtrl, abi::kCtrlStart);
  }
  // Waits for the interrupt, acknowledges, and gives the record that is at `status`.
  abi::CompletionRecord finish(std::uint64_t status, int patience = 3'000'000) {
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
    abi::CompletionRecord record{};
    if (!memory_.faulty(status, 1)) {
      std::memcpy(&record, memory_.at(status), sizeof(record));
      std::memset(memory_.at(status), 0, sizeof(record));
    }
    return record;
  }
  abi::CompletionRecord run(const KernelJob& job) {
    start(job);
    return finish(job.status);
  }

  bool memory_idle() const { return bases_.idle() && scalars_.idle() && results_.idle(); }
  std::uint64_t num_reads() const { return bases_.num_bursts() + scalars_.num_bursts(); }
  std::uint64_t num_writes() const { return results_.num_bursts(); }
  std::size_t most_open() const { return scalars_.most_open(); }

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

  AxiMemory& memory_;
  std::unique_ptr<VerilatedContext> context_ = std::make_unique<VerilatedContext>();
  std::unique_ptr<Model> model_ = std::make_unique<Model>(context_.get());
  AxiReadSlave<ReadWires<decltype(Model::m_axi_gmem_bases_rdata)>> bases_;
  AxiReadSlave<ReadWires<decltype(Model::m_axi_gmem_scalars_rdata)>> scalars_;
  AxiWriteSlave<WriteWires<decltype(Model::m_axi_gmem_results_wdata)>> results_;
  bool read_answered_ = false;
  bool write_answered_ = false;
  bool interrupted_ = false;
  std::uint32_t read_value_ = 0;
};

}  // namespace proofcard::rtl
