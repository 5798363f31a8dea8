// The kernel msm_g1 between a host and an unhelpful memory.
#pragma once

#include "tests/rtl_top/host_bench.hpp"

namespace proofcard::rtl {

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
class MsmSlaves {
 public:
  MsmSlaves(Model& m, AxiMemory& memory)
      : bases_({m.m_axi_gmem_bases_arvalid, m.m_axi_gmem_bases_araddr, m.m_axi_gmem_bases_arlen,
                m.m_axi_gmem_bases_rready, m.m_axi_gmem_bases_arready, m.m_axi_gmem_bases_rvalid,
                m.m_axi_gmem_bases_rlast, m.m_axi_gmem_bases_rresp, m.m_axi_gmem_bases_rdata},
               memory),
        scalars_({m.m_axi_gmem_scalars_arvalid, m.m_axi_gmem_scalars_araddr, m.m_axi_gmem_scalars_arlen,
                  m.m_axi_gmem_scalars_rready, m.m_axi_gmem_scalars_arready, m.m_axi_gmem_scalars_rvalid,
                  m.m_axi_gmem_scalars_rlast, m.m_axi_gmem_scalars_rresp, m.m_axi_gmem_scalars_rdata},
                 memory),
        results_({m.m_axi_gmem_results_awvalid, m.m_axi_gmem_results_awaddr, m.m_axi_gmem_results_awlen,
                  m.m_axi_gmem_results_wvalid, m.m_axi_gmem_results_wdata, m.m_axi_gmem_results_wstrb,
                  m.m_axi_gmem_results_wlast, m.m_axi_gmem_results_bready, m.m_axi_gmem_results_awready,
                  m.m_axi_gmem_results_wready, m.m_axi_gmem_results_bvalid, m.m_axi_gmem_results_bresp},
                 memory) {}

  void drive() {
    bases_.drive();
    scalars_.drive();
    results_.drive();
  }
  void edge() {
    bases_.edge();
    scalars_.edge();
    results_.edge();
  }
  bool idle() const { return bases_.idle() && scalars_.idle() && results_.idle(); }
  std::uint64_t num_reads() const { return bases_.num_bursts() + scalars_.num_bursts(); }
  std::uint64_t num_writes() const { return results_.num_bursts(); }
  std::size_t most_open() const { return scalars_.most_open(); }

 private:
  AxiReadSlave<ReadWires<decltype(Model::m_axi_gmem_bases_rdata)>> bases_;
  AxiReadSlave<ReadWires<decltype(Model::m_axi_gmem_scalars_rdata)>> scalars_;
  AxiWriteSlave<WriteWires<decltype(Model::m_axi_gmem_results_wdata)>> results_;
};

template <class Model>
class KernelBench : public HostBench<Model, MsmSlaves<Model>> {
  using Base = HostBench<Model, MsmSlaves<Model>>;

 public:
  using Base::Base;

  void set_arguments(const KernelJob& job) {
    this->write_pointer(abi::kArgBases, job.bases);
    this->write_pointer(abi::kArgScalars, job.scalars);
    this->write_pointer(abi::kArgResults, job.results);
    this->write_pointer(abi::kArgStatus, job.status);
    this->write(abi::kArgNumPoints, job.num_points);
    this->write(abi::kArgNumMsms, job.num_msms);
    this->write(abi::kArgScalarBits, job.scalar_bits);
    this->write(abi::kArgFirstWindow, job.first_window);
    this->write(abi::kArgNumWindows, job.num_windows);
    this->write(abi::kArgFlags, job.flags);
    this->write(abi::kArgJobId, job.job_id);
    this->write(abi::kArgBasesStride, job.bases_stride);
    this->write(abi::kArgNumMultiples, job.num_multiples);
  }
  void start(const KernelJob& job) {
    set_arguments(job);
    this->write(abi::kRegCtrl, abi::kCtrlStart);
  }
  abi::CompletionRecord finish(std::uint64_t status, int patience = 3'000'000) {
    return this->template finish_record<abi::CompletionRecord>(status, patience);
  }
  abi::CompletionRecord run(const KernelJob& job) {
    start(job);
    return finish(job.status);
  }

  bool memory_idle() const { return this->slaves().idle(); }
  std::uint64_t num_reads() const { return this->slaves().num_reads(); }
  std::uint64_t num_writes() const { return this->slaves().num_writes(); }
  std::size_t most_open() const { return this->slaves().most_open(); }
};

}  // namespace proofcard::rtl
