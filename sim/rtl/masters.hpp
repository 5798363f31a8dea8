// The memory masters of each kernel, by the names that Vitis gives their wires: 64-bit addresses, one ID, bursts inside
// 4 KiB.
//
// Shape:   msm_g1: m_axi_gmem_bases_*, m_axi_gmem_scalars_* (read), m_axi_gmem_results_* (write), 512 bits of data.
//          ntt_fr, ntt_gl: for each channel k, m_axi_gmem_in_k_* (read) and m_axi_gmem_out_k_* (write);
//          m_axi_gmem_out_0_* also reads. 256 bits of data.
//          echo: m_axi_gmem_in_* (read), m_axi_gmem_out_* (write), 512 bits.
//          hadamard_fr: m_axi_gmem_in_0_*, m_axi_gmem_in_1_* (read), 256 bits; m_axi_gmem_out_* (write), 512 bits.
#pragma once

#include <memory>
#include <vector>

#include "sim/rtl/axi_adapter.hpp"

namespace proofcard::sim {

using Masters = std::vector<std::unique_ptr<AxiAdapter>>;

template <class Data>
struct ReadWires {
  const std::uint8_t& ar_valid;
  const std::uint64_t& ar_addr;
  const std::uint8_t& ar_len;
  const std::uint8_t& r_ready;
  std::uint8_t& ar_ready;
  std::uint8_t& r_valid;
  std::uint8_t& r_last;
  std::uint8_t& r_resp;
  Data& r_data;
};
template <class Data, class Strobes>
struct WriteWires {
  const std::uint8_t& aw_valid;
  const std::uint64_t& aw_addr;
  const std::uint8_t& aw_len;
  const std::uint8_t& w_valid;
  const Data& w_data;
  const Strobes& w_strb;
  const std::uint8_t& w_last;
  const std::uint8_t& b_ready;
  std::uint8_t& aw_ready;
  std::uint8_t& w_ready;
  std::uint8_t& b_valid;
  std::uint8_t& b_resp;
};

template <class Data>
std::unique_ptr<AxiAdapter> make_master(const ReadWires<Data>& wires, MemorySystem& memory) {
  return std::make_unique<AxiReadAdapter<ReadWires<Data>>>(wires, memory.add_port(sizeof(Data)));
}
template <class Data, class Strobes>
std::unique_ptr<AxiAdapter> make_master(const WriteWires<Data, Strobes>& wires, MemorySystem& memory) {
  static_assert(8 * sizeof(Strobes) == sizeof(Data));
  return std::make_unique<AxiWriteAdapter<WriteWires<Data, Strobes>>>(wires, memory.add_port(sizeof(Data)));
}

// The wires of one port: only the preprocessor can put a name together.
// NOLINTBEGIN(cppcoreguidelines-macro-usage)
#define PROOFCARD_READ_WIRES(m, port)                                                                              \
  ReadWires<std::remove_reference_t<decltype((m).m_axi_##port##_rdata)>> {                                         \
    (m).m_axi_##port##_arvalid, (m).m_axi_##port##_araddr, (m).m_axi_##port##_arlen, (m).m_axi_##port##_rready,    \
        (m).m_axi_##port##_arready, (m).m_axi_##port##_rvalid, (m).m_axi_##port##_rlast, (m).m_axi_##port##_rresp, \
        (m).m_axi_##port##_rdata                                                                                   \
  }
#define PROOFCARD_WRITE_WIRES(m, port)                                                                             \
  WriteWires<std::remove_reference_t<decltype((m).m_axi_##port##_wdata)>,                                          \
             std::remove_reference_t<decltype((m).m_axi_##port##_wstrb)>> {                                        \
    (m).m_axi_##port##_awvalid, (m).m_axi_##port##_awaddr, (m).m_axi_##port##_awlen, (m).m_axi_##port##_wvalid,    \
        (m).m_axi_##port##_wdata, (m).m_axi_##port##_wstrb, (m).m_axi_##port##_wlast, (m).m_axi_##port##_bready,   \
        (m).m_axi_##port##_awready, (m).m_axi_##port##_wready, (m).m_axi_##port##_bvalid, (m).m_axi_##port##_bresp \
  }
// NOLINTEND(cppcoreguidelines-macro-usage)

template <class Model>
Masters connect_msm_g1(Model& m, MemorySystem& memory) {
  Masters out;
  out.push_back(make_master(PROOFCARD_READ_WIRES(m, gmem_bases), memory));
  out.push_back(make_master(PROOFCARD_READ_WIRES(m, gmem_scalars), memory));
  out.push_back(make_master(PROOFCARD_WRITE_WIRES(m, gmem_results), memory));
  return out;
}

template <class Model>
Masters connect_ntt_fr(Model& m, MemorySystem& memory) {
  Masters out;
  out.push_back(make_master(PROOFCARD_READ_WIRES(m, gmem_in_0), memory));
  out.push_back(make_master(PROOFCARD_READ_WIRES(m, gmem_in_1), memory));
  out.push_back(make_master(PROOFCARD_WRITE_WIRES(m, gmem_out_0), memory));
  out.push_back(make_master(PROOFCARD_WRITE_WIRES(m, gmem_out_1), memory));
  out.push_back(make_master(PROOFCARD_READ_WIRES(m, gmem_out_0), memory));
  return out;
}

template <class Model>
Masters connect_hadamard_fr(Model& m, MemorySystem& memory) {
  Masters out;
  out.push_back(make_master(PROOFCARD_READ_WIRES(m, gmem_in_0), memory));
  out.push_back(make_master(PROOFCARD_READ_WIRES(m, gmem_in_1), memory));
  out.push_back(make_master(PROOFCARD_WRITE_WIRES(m, gmem_out), memory));
  return out;
}

template <class Model>
Masters connect_echo(Model& m, MemorySystem& memory) {
  Masters out;
  out.push_back(make_master(PROOFCARD_READ_WIRES(m, gmem_in), memory));
  out.push_back(make_master(PROOFCARD_WRITE_WIRES(m, gmem_out), memory));
  return out;
}

template <class Model>
Masters connect_ntt_gl(Model& m, MemorySystem& memory) {
  Masters out;
#define PROOFCARD_NTT_CHANNEL(k)                                            \
  out.push_back(make_master(PROOFCARD_READ_WIRES(m, gmem_in_##k), memory)); \
  out.push_back(make_master(PROOFCARD_WRITE_WIRES(m, gmem_out_##k), memory))
  PROOFCARD_NTT_CHANNEL(0);
  PROOFCARD_NTT_CHANNEL(1);
  PROOFCARD_NTT_CHANNEL(2);
  PROOFCARD_NTT_CHANNEL(3);
  PROOFCARD_NTT_CHANNEL(4);
  PROOFCARD_NTT_CHANNEL(5);
  PROOFCARD_NTT_CHANNEL(6);
  PROOFCARD_NTT_CHANNEL(7);
  PROOFCARD_NTT_CHANNEL(8);
  PROOFCARD_NTT_CHANNEL(9);
  PROOFCARD_NTT_CHANNEL(10);
  PROOFCARD_NTT_CHANNEL(11);
  PROOFCARD_NTT_CHANNEL(12);
  PROOFCARD_NTT_CHANNEL(13);
  PROOFCARD_NTT_CHANNEL(14);
  PROOFCARD_NTT_CHANNEL(15);
#undef PROOFCARD_NTT_CHANNEL
  out.push_back(make_master(PROOFCARD_READ_WIRES(m, gmem_out_0), memory));
  return out;
}

#undef PROOFCARD_READ_WIRES
#undef PROOFCARD_WRITE_WIRES

}  // namespace proofcard::sim
