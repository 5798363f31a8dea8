// The kernel hadamard_fr between a host and an unhelpful memory, and jobs whose results are known.
#pragma once

#include <vector>

#include "Vhadamard_fr.h"
#include "host/device/abi/abi_hadamard_fr.hpp"
#include "rtl/model/hadamard_model.hpp"
#include "tests/rtl/testbench.hpp"
#include "tests/rtl_top/host_bench.hpp"

namespace proofcard::rtl {

namespace fr_abi = device::abi::hadamard_fr;

class HadamardSlaves {
 public:
  HadamardSlaves(Vhadamard_fr& m, AxiMemory& memory)
      : in_0_({m.m_axi_gmem_in_0_arvalid, m.m_axi_gmem_in_0_araddr, m.m_axi_gmem_in_0_arlen, m.m_axi_gmem_in_0_rready,
               m.m_axi_gmem_in_0_arready, m.m_axi_gmem_in_0_rvalid, m.m_axi_gmem_in_0_rlast, m.m_axi_gmem_in_0_rresp,
               m.m_axi_gmem_in_0_rdata},
              memory),
        in_1_({m.m_axi_gmem_in_1_arvalid, m.m_axi_gmem_in_1_araddr, m.m_axi_gmem_in_1_arlen, m.m_axi_gmem_in_1_rready,
               m.m_axi_gmem_in_1_arready, m.m_axi_gmem_in_1_rvalid, m.m_axi_gmem_in_1_rlast, m.m_axi_gmem_in_1_rresp,
               m.m_axi_gmem_in_1_rdata},
              memory),
        out_({m.m_axi_gmem_out_awvalid, m.m_axi_gmem_out_awaddr, m.m_axi_gmem_out_awlen, m.m_axi_gmem_out_wvalid,
              m.m_axi_gmem_out_wdata, m.m_axi_gmem_out_wstrb, m.m_axi_gmem_out_wlast, m.m_axi_gmem_out_bready,
              m.m_axi_gmem_out_awready, m.m_axi_gmem_out_wready, m.m_axi_gmem_out_bvalid, m.m_axi_gmem_out_bresp},
             memory) {}

  void drive() {
    in_0_.drive();
    in_1_.drive();
    out_.drive();
  }
  void edge() {
    in_0_.edge();
    in_1_.edge();
    out_.edge();
  }
  bool idle() const { return in_0_.idle() && in_1_.idle() && out_.idle(); }

 private:
  AxiReadSlave<ReadWires<decltype(Vhadamard_fr::m_axi_gmem_in_0_rdata)>> in_0_;
  AxiReadSlave<ReadWires<decltype(Vhadamard_fr::m_axi_gmem_in_1_rdata)>> in_1_;
  AxiWriteSlave<WriteWires<decltype(Vhadamard_fr::m_axi_gmem_out_wdata)>> out_;
};

struct HadamardJob {
  std::uint64_t in_0, in_1, out, status;
  std::uint32_t num_elements = 8;
  std::uint32_t first_word = 0;
  std::uint32_t stride_words = 0;
  std::uint32_t flags = 0;
  std::uint32_t job_id = 0;
};

class HadamardKernel : public SeededTest {
 protected:
  static constexpr std::uint64_t kBase = 0x7'0000'0000;
  static constexpr std::uint64_t kShare = std::uint64_t{1} << 18;  // of a channel, and of the results
  static constexpr std::uint64_t kOut = kBase + 2 * kShare;
  static constexpr std::uint64_t kStatus = kBase + 3 * kShare;

  HadamardJob job_of(std::uint32_t num_elements, std::uint32_t first_word = 0) {
    const std::uint32_t words = (num_elements + 1) / 2;
    return {kBase,
            kBase + kShare,
            kOut,
            kStatus,
            num_elements,
            first_word,
            first_word + words + 3,
            0,
            static_cast<std::uint32_t>(random_())};
  }

  void start(const HadamardJob& job) {
    bench_.write_pointer(fr_abi::kArgIn0, job.in_0);
    bench_.write_pointer(fr_abi::kArgIn1, job.in_1);
    bench_.write_pointer(fr_abi::kArgOut, job.out);
    bench_.write_pointer(fr_abi::kArgStatus, job.status);
    bench_.write(fr_abi::kArgNumElements, job.num_elements);
    bench_.write(fr_abi::kArgFirstWord, job.first_word);
    bench_.write(fr_abi::kArgStrideWords, job.stride_words);
    bench_.write(fr_abi::kArgFlags, job.flags);
    bench_.write(fr_abi::kArgJobId, job.job_id);
    bench_.write(fr_abi::kRegCtrl, fr_abi::kCtrlStart);
  }
  fr_abi::CompletionRecord finish(const HadamardJob& job) {
    return bench_.finish_record<fr_abi::CompletionRecord>(job.status);
  }
  fr_abi::CompletionRecord run(const HadamardJob& job) {
    start(job);
    return finish(job);
  }

  // Element i of side 0, 1 or 2, where the job reads it.
  std::uint8_t* place(const HadamardJob& job, std::size_t side, std::size_t i) {
    const std::size_t word = job.first_word + side * job.stride_words + i / 2;
    return memory_.at((i % 2 == 0 ? job.in_0 : job.in_1) + 32 * word);
  }
  // Random elements, and the extremes of the field among them.
  FrLazy element() {
    const std::uint64_t kind = random_() % 8;
    const Fr value = kind == 0 ? Fr::zero() : kind == 1 ? -Fr::one() : kind == 2 ? Fr::one() : random_fr();
    const U256 words = value.canonical();
    return {words[0], words[1], words[2], words[3]};
  }
  Fr random_fr() { return Fr::from_u256_reduced({random_(), random_(), random_(), random_()}); }

  // Fills the job's memory with elements, everything else with junk; gives what the results must be.
  std::vector<U256> prepare(const HadamardJob& job) {
    for (std::size_t i = 0; i < memory_.size(); i += 8) {
      const std::uint64_t junk = random_();
      std::memcpy(memory_.at(kBase) + i, &junk, 8);
    }
    std::vector<U256> out;
    const Fr factor = Fr::from_u64(2).pow_vartime({260, 0, 0, 0}).inverse();
    for (std::size_t i = 0; i < job.num_elements; ++i) {
      std::array<FrLazy, 3> v;
      std::array<Fr, 3> plain;
      for (std::size_t side = 0; side < 3; ++side) {
        v[side] = element();
        plain[side] = Fr::from_canonical({v[side][0], v[side][1], v[side][2], v[side][3]});
        std::memcpy(place(job, side, i), v[side].data(), 32);
      }
      const Fr expected = plain[0] * plain[1] * factor - plain[2];
      EXPECT_EQ(hadamard_value(v[0], v[1], v[2]), expected) << "the model";
      out.push_back(expected.canonical());
    }
    return out;
  }

  void check(const HadamardJob& job) {
    const std::vector<U256> expected = prepare(job);
    std::vector<std::uint8_t> before(memory_.at(kOut), memory_.at(kOut) + kShare);
    const fr_abi::CompletionRecord record = run(job);
    ASSERT_EQ(record.error, 0U);
    EXPECT_EQ(record.job_id, job.job_id);
    EXPECT_EQ(record.abi_hash, fr_abi::kAbiHash);
    const std::size_t words = (std::size_t{job.num_elements} + 1) / 2;
    EXPECT_EQ(record.loaded_words, 3 * words);
    EXPECT_EQ(record.stored_words, words);
    EXPECT_EQ(record.busy_cycles, job.num_elements);
    EXPECT_GE(record.cycles, 3 * words);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(std::memcmp(memory_.at(job.out + 32 * i), expected[i].data(), 32), 0) << "element " << i;
      std::memcpy(&before[job.out - kOut + 32 * i], expected[i].data(), 32);
    }
    if (job.num_elements % 2 != 0) {
      std::memset(&before[job.out - kOut + 32 * expected.size()], 0, 32);
    }
    EXPECT_EQ(std::memcmp(memory_.at(kOut), before.data(), kShare), 0) << "something else was written";
  }

  AxiMemory memory_{kBase, 3 * kShare + 4096, random_};
  HostBench<Vhadamard_fr, HadamardSlaves> bench_{memory_};
};

}  // namespace proofcard::rtl
