// The kernel echo between a host and an unhelpful memory: what it writes is what its model says, errors have their codes, and
// after any accident the next job is right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "Vecho.h"
#include "host/device/abi/abi_echo.hpp"
#include "rtl/model/echo_model.hpp"
#include "tests/rtl/testbench.hpp"
#include "tests/rtl_top/host_bench.hpp"

namespace proofcard::rtl {
namespace {

namespace echo_abi = device::abi::echo;
using echo_abi::KernelError;

class EchoSlaves {
 public:
  EchoSlaves(Vecho& m, AxiMemory& memory)
      : in_({m.m_axi_gmem_in_arvalid, m.m_axi_gmem_in_araddr, m.m_axi_gmem_in_arlen, m.m_axi_gmem_in_rready,
             m.m_axi_gmem_in_arready, m.m_axi_gmem_in_rvalid, m.m_axi_gmem_in_rlast, m.m_axi_gmem_in_rresp,
             m.m_axi_gmem_in_rdata},
            memory),
        out_({m.m_axi_gmem_out_awvalid, m.m_axi_gmem_out_awaddr, m.m_axi_gmem_out_awlen, m.m_axi_gmem_out_wvalid,
              m.m_axi_gmem_out_wdata, m.m_axi_gmem_out_wstrb, m.m_axi_gmem_out_wlast, m.m_axi_gmem_out_bready,
              m.m_axi_gmem_out_awready, m.m_axi_gmem_out_wready, m.m_axi_gmem_out_bvalid, m.m_axi_gmem_out_bresp},
             memory) {}

  void drive() {
    in_.drive();
    out_.drive();
  }
  void edge() {
    in_.edge();
    out_.edge();
  }
  bool idle() const { return in_.idle() && out_.idle(); }

 private:
  AxiReadSlave<ReadWires<decltype(Vecho::m_axi_gmem_in_rdata)>> in_;
  AxiWriteSlave<WriteWires<decltype(Vecho::m_axi_gmem_out_wdata)>> out_;
};

struct EchoJob {
  std::uint64_t in, out, status;
  std::uint32_t num_words;
  std::uint32_t mask;
  std::uint32_t job_id;
};

class EchoKernel : public SeededTest {
 protected:
  static constexpr std::uint64_t kBase = 0x7'0000'0000;
  static constexpr std::uint64_t kShare = std::uint64_t{1} << 19;
  static constexpr std::uint64_t kOut = kBase + kShare;
  static constexpr std::uint64_t kStatus = kBase + 2 * kShare;

  EchoJob job_of(std::uint32_t num_words) {
    return {
        kBase, kOut, kStatus, num_words, static_cast<std::uint32_t>(random_()), static_cast<std::uint32_t>(random_())};
  }

  void start(const EchoJob& job) {
    bench_.write_pointer(echo_abi::kArgIn, job.in);
    bench_.write_pointer(echo_abi::kArgOut, job.out);
    bench_.write_pointer(echo_abi::kArgStatus, job.status);
    bench_.write(echo_abi::kArgNumWords, job.num_words);
    bench_.write(echo_abi::kArgMask, job.mask);
    bench_.write(echo_abi::kArgJobId, job.job_id);
    bench_.write(echo_abi::kRegCtrl, echo_abi::kCtrlStart);
  }
  echo_abi::CompletionRecord finish(const EchoJob& job) {
    return bench_.finish_record<echo_abi::CompletionRecord>(job.status);
  }
  echo_abi::CompletionRecord run(const EchoJob& job) {
    start(job);
    return finish(job);
  }

  // Junk everywhere; gives what memory must be behind kOut after the job.
  std::vector<std::uint8_t> prepare(const EchoJob& job) {
    for (std::size_t i = 0; i < memory_.size(); i += 8) {
      const std::uint64_t junk = random_();
      std::memcpy(memory_.at(kBase) + i, &junk, 8);
    }
    std::vector<std::uint8_t> after(memory_.at(kOut), memory_.at(kOut) + kShare);
    for (std::size_t i = 0; i < job.num_words; ++i) {
      EchoWord word;
      std::memcpy(word.data(), memory_.at(job.in + sizeof(word) * i), sizeof(word));
      word = echo_word(word, job.mask);
      std::memcpy(&after[job.out - kOut + sizeof(word) * i], word.data(), sizeof(word));
    }
    return after;
  }

  void check(const EchoJob& job) {
    const std::vector<std::uint8_t> expected = prepare(job);
    const echo_abi::CompletionRecord record = run(job);
    ASSERT_EQ(record.error, 0U);
    EXPECT_EQ(record.job_id, job.job_id);
    EXPECT_EQ(record.abi_hash, echo_abi::kAbiHash);
    EXPECT_EQ(record.loaded_words, job.num_words);
    EXPECT_EQ(record.stored_words, job.num_words);
    EXPECT_EQ(record.busy_cycles, job.num_words);
    EXPECT_GE(record.cycles, job.num_words);
    EXPECT_EQ(std::memcmp(memory_.at(kOut), expected.data(), kShare), 0) << job.num_words << " words";
  }

  AxiMemory memory_{kBase, 2 * kShare + 4096, random_};
  HostBench<Vecho, EchoSlaves> bench_{memory_};
};

TEST_F(EchoKernel, EveryLengthAndPlace) {
  for (const double ready : {1.0, 0.5}) {
    memory_.knobs.ready = ready;
    for (const std::uint32_t n : {1U, 2U, 15U, 16U, 17U, 63U, 64U, 65U, 1023U, 1024U, 1025U, 3000U}) {
      EchoJob job = job_of(n);
      job.in += 64 * (random_() % 40);
      job.out += 64 * (random_() % 40);
      check(job);
    }
  }
}

TEST_F(EchoKernel, MovesAWordACycle) {
  memory_.knobs = {1.0, 40, 60};
  const EchoJob job = job_of(4000);
  prepare(job);
  const echo_abi::CompletionRecord record = run(job);
  ASSERT_EQ(record.error, 0U);
  EXPECT_LE(record.cycles, 4000U + 2U * 60U + 60U);
}

TEST_F(EchoKernel, CountsWhatItWaitsFor) {
  memory_.knobs = {1.0, 40, 60};
  memory_.knobs.write_ready = 0.5;
  const EchoJob job = job_of(1000);
  prepare(job);
  const echo_abi::CompletionRecord record = run(job);
  ASSERT_EQ(record.error, 0U);
  EXPECT_GE(record.stall_load_cycles, 20U);    // the first word
  EXPECT_GE(record.stall_store_cycles, 700U);  // every other cycle
  EXPECT_LE(record.stall_load_cycles + record.stall_store_cycles + record.busy_cycles, record.cycles);
}

TEST_F(EchoKernel, SaysWhatItIs) {
  const EchoJob job = job_of(0);
  const echo_abi::CompletionRecord record = run(job);
  EXPECT_EQ(record.error, 0U);
  EXPECT_EQ(record.abi_hash, echo_abi::kAbiHash);
  EXPECT_EQ(record.loaded_words + record.stored_words + record.busy_cycles, 0U);
  EXPECT_EQ(record.plan, echo_abi::kMaxLogWords);
  EXPECT_EQ(bench_.read(echo_abi::kRegInfoPlan), record.plan);
  EXPECT_EQ(record.build, echo_abi::kImplementationRtl);
  EXPECT_EQ(bench_.read(echo_abi::kRegInfoBuild), record.build);
  EXPECT_EQ(bench_.read(echo_abi::kRegInfoAbiHashLo), static_cast<std::uint32_t>(record.abi_hash));
  EXPECT_EQ(bench_.read(echo_abi::kRegInfoAbiHashHi), static_cast<std::uint32_t>(record.abi_hash >> 32));
}

TEST_F(EchoKernel, RefusesArguments) {
  const auto error = [&](const EchoJob& job) {
    const echo_abi::CompletionRecord record = run(job);
    EXPECT_EQ(record.loaded_words + record.stored_words, 0U);
    return static_cast<KernelError>(record.error);
  };
  EXPECT_EQ(error(job_of((1U << echo_abi::kMaxLogWords) + 1)), KernelError::kBadSize);
  for (const auto pointer : {&EchoJob::in, &EchoJob::out}) {
    EchoJob job = job_of(8);
    job.*pointer += 32;
    EXPECT_EQ(error(job), KernelError::kBadAlignment);
  }
  // No place for a record: nothing is written.
  EchoJob job = job_of(8);
  std::memset(memory_.at(job.status), 0x5a, sizeof(echo_abi::CompletionRecord));
  job.status += 4;
  start(job);
  bench_.finish_job();
  const std::vector<std::uint8_t> untouched(sizeof(echo_abi::CompletionRecord), 0x5a);
  EXPECT_EQ(std::memcmp(memory_.at(kStatus), untouched.data(), untouched.size()), 0);
  check(job_of(8));
}

// The arguments of a job are its own: the next job's may be written while it runs, which the record's place and job show.
TEST_F(EchoKernel, RecordIsOfTheJobThatRuns) {
  memory_.knobs = {0.5, 40, 60};
  const EchoJob job = job_of(500);
  prepare(job);
  start(job);
  bench_.write_pointer(echo_abi::kArgStatus, kStatus + 64);
  bench_.write(echo_abi::kArgJobId, ~job.job_id);
  EXPECT_EQ(finish(job).job_id, job.job_id);
}

TEST_F(EchoKernel, BusErrorsEndTheJob) {
  memory_.knobs.ready = 0.8;
  for (const std::uint64_t at : {kBase, kBase + 64 * 299, kOut, kOut + 64 * 299}) {
    const EchoJob job = job_of(300);
    prepare(job);
    memory_.fault_from = at;
    memory_.fault_to = at + 64;
    const auto error = static_cast<KernelError>(run(job).error);
    EXPECT_EQ(error, at < kOut ? KernelError::kReadFault : KernelError::kWriteFault) << at - kBase;
    memory_.fault_to = 0;
    check(job);
  }
}

TEST_F(EchoKernel, SoftResetInAnyCycleEndsTheJob) {
  memory_.knobs.ready = 0.8;
  int resets = 0;
  for (unsigned cycles = 0; cycles < 900; cycles += 1 + cycles / 8) {
    const EchoJob job = job_of(300);
    prepare(job);
    start(job);
    for (unsigned i = 0; i < cycles; ++i) {
      bench_.cycle();
    }
    bench_.write(echo_abi::kRegSoftReset, 1);
    // One that comes when the record is on its way has no effect.
    const auto error = static_cast<KernelError>(finish(job).error);
    EXPECT_THAT(error, ::testing::AnyOf(KernelError::kReset, KernelError::kNone));
    resets += error == KernelError::kReset ? 1 : 0;
    check(job_of(65));
  }
  EXPECT_GT(resets, 10);
}

}  // namespace
}  // namespace proofcard::rtl
