// The whole NTT kernel: registers, memory channels that stall and fail, completion records. Two channels, as ntt_fr
// has.
#include <gmock/gmock.h>

#include "host/device/abi/abi_ntt_fr.hpp"
#include "host/device/abi/abi_ntt_gl.hpp"
#include "host/kernels/ntt.hpp"
#include "rtl/model/ntt_model.hpp"
#include "tests/rtl_ntt/ntt_kernel_bench.hpp"
#include "tests/rtl_ntt/ntt_orders.hpp"

namespace proofcard::rtl {
namespace {

namespace abi = device::abi::ntt_fr;
constexpr std::size_t kChannels = abi::kNumChannels;
constexpr std::size_t kBeatBytes = NttKernelBench::kBeatBytes;

#ifdef NTT_TEST_FR
using F = Fr;
const kernels::NttFr& reference() { return kernels::reference_ntt_fr(); }
#else
using F = Goldilocks;
const kernels::NttGoldilocks& reference() { return kernels::reference_ntt_goldilocks(); }
#endif
constexpr std::size_t kWordElements = kChannels * kBeatBytes / sizeof(F);

struct Job {
  unsigned log_n = 6;
  std::uint32_t batch = 1;
  NttFlags flags = {};
};

class NttKernel : public SeededTest {
 protected:
  static constexpr std::uint64_t kShare = 1 << 18;  // of a channel's buffer
  static constexpr std::uint64_t kTwiddles = 6 * kShare;
  static constexpr std::uint64_t kStatus = kTwiddles + (1 << 19);
  static std::uint64_t in(std::size_t channel) { return channel * kShare; }
  static std::uint64_t out(std::size_t channel) { return (2 + channel) * kShare; }
  static std::uint64_t scratch(std::size_t channel) { return (4 + channel) * kShare; }

  void pointer(std::uint32_t offset, std::uint64_t value) {
    bench_.write(offset, static_cast<std::uint32_t>(value));
    bench_.write(offset + 4, static_cast<std::uint32_t>(value >> 32));
  }
  void set_arguments(const Job& job, std::uint32_t job_id) {
    pointer(abi::kArgIn0, in(0));
    pointer(abi::kArgIn1, in(1));
    pointer(abi::kArgOut0, out(0));
    pointer(abi::kArgOut1, out(1));
    pointer(abi::kArgScratch0, scratch(0));
    pointer(abi::kArgScratch1, scratch(1));
    pointer(abi::kArgTwiddles, kTwiddles);
    pointer(abi::kArgStatus, kStatus);
    bench_.write(abi::kArgLogN, job.log_n);
    bench_.write(abi::kArgBatch, job.batch);
    bench_.write(abi::kArgFlags, job.flags.word());
    bench_.write(abi::kArgJobId, job_id);
  }
  abi::CompletionRecord start_and_finish() {
    bench_.write(abi::kRegIer, 1);
    bench_.write(abi::kRegGie, 1);
    bench_.write(abi::kRegCtrl, abi::kCtrlStart);
    return finish();
  }
  abi::CompletionRecord finish() {
    for (int i = 0; i < 2'000'000 && !bench_.interrupted(); ++i) {
      bench_.cycle();
    }
    EXPECT_TRUE(bench_.interrupted()) << "the job never ended";
    EXPECT_TRUE(bench_.idle()) << "done before the last answer";
    EXPECT_EQ(bench_.read(abi::kRegCtrl) & (abi::kCtrlDone | abi::kCtrlIdle), abi::kCtrlDone | abi::kCtrlIdle);
    bench_.write(abi::kRegIsr, 1);
    bench_.write(abi::kRegCtrl, abi::kCtrlContinue);
    abi::CompletionRecord record{};
    std::memcpy(&record, &bench_.memory()[kStatus], sizeof(record));
    return record;
  }

  // Puts points and twiddles into memory and returns the results that are expected.
  std::vector<F> prepare(const Job& job) {
    std::vector<F> data(std::size_t{job.batch} << job.log_n);
    for (F& v : data) {
      v = F::from_u64(random_());
    }
    for (std::size_t i = 0; i < data.size(); ++i) {
      std::memcpy(place(i, in(0), in(1)), static_cast<const void*>(&data[i]), sizeof(F));
    }
    const F shift = F::from_u64(2 + random_() % 1000);
    const std::uint32_t plan = bench_.read(abi::kRegInfoPlan);
    const std::vector<F> twiddles =
        ntt_twiddles<F>({plan & 0xff, plan >> 8 & 0xff}, job.log_n, job.flags.inverse, shift);
    std::memcpy(&bench_.memory()[kTwiddles], static_cast<const void*>(twiddles.data()), twiddles.size() * sizeof(F));
    EXPECT_TRUE(transform<F>(reference(), data, job.log_n, job.flags, shift).ok());
    return data;
  }
  void check(const Job& job) {
    const std::vector<F> expected = prepare(job);
    const auto id = static_cast<std::uint32_t>(random_());
    set_arguments(job, id);
    const abi::CompletionRecord record = start_and_finish();
    ASSERT_EQ(record.error, 0U);
    EXPECT_EQ(record.job_id, id);
    EXPECT_EQ(record.plan, bench_.read(abi::kRegInfoPlan));
    const std::size_t num_words = (expected.size() + kWordElements - 1) / kWordElements;
    const bool two_pass = job.log_n >= (record.plan >> 8 & 0xff);
    EXPECT_EQ(record.loaded_words, num_words * (two_pass ? 2 : 1));
    EXPECT_EQ(record.stored_words, num_words * (two_pass ? 2 : 1));
    EXPECT_GE(record.busy_cycles * kWordElements, expected.size() / 2 * job.log_n);
    EXPECT_GT(record.cycles, record.busy_cycles);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      F found{};
      std::memcpy(static_cast<void*>(&found), place(i, out(0), out(1)), sizeof(F));
      ASSERT_TRUE(found == expected[i]) << "element " << i << " of 2^" << job.log_n << " x " << job.batch;
    }
  }
  // Where element i is, in buffers at these addresses.
  std::uint8_t* place(std::size_t i, std::uint64_t first, std::uint64_t second) {
    const std::size_t byte = i % kWordElements * sizeof(F);
    return &bench_.memory()[(byte < kBeatBytes ? first : second) + i / kWordElements * kBeatBytes + byte % kBeatBytes];
  }

  NttKernelBench bench_{kChannels, std::size_t{kStatus} + 64, random_};
};

TEST_F(NttKernel, TransformsOverChannelsThatStall) {
  for (const unsigned stall_percent : {0U, 40U}) {
    bench_.knobs.stall_percent = stall_percent;
    check({.log_n = 6});
    check({.log_n = 3, .batch = 5, .flags = {.bit_reversed = true}});
    check({.log_n = 0, .batch = 3});
    check({.log_n = 8, .batch = 2, .flags = {.inverse = true}});
    check({.log_n = 10});
    check({.log_n = 9, .flags = {.inverse = true, .bit_reversed = true}});
    check({.log_n = 4, .batch = 9, .flags = {.inverse = true, .coefficients_reversed = true}});
    check({.log_n = 9, .flags = {.bit_reversed = true, .coefficients_reversed = true}});
  }
}

TEST_F(NttKernel, SaysWhatItIs) {
  set_arguments({.batch = 0}, 7);
  const abi::CompletionRecord record = start_and_finish();
  EXPECT_EQ(record.error, 0U);
  constexpr bool kFr = std::is_same_v<F, Fr>;
  EXPECT_EQ(record.abi_hash, kFr ? abi::kAbiHash : device::abi::ntt_gl::kAbiHash);
  EXPECT_EQ(bench_.read(abi::kRegInfoAbiHashLo), static_cast<std::uint32_t>(record.abi_hash));
  EXPECT_EQ(bench_.read(abi::kRegInfoAbiHashHi), static_cast<std::uint32_t>(record.abi_hash >> 32));
  EXPECT_EQ(record.build, abi::kImplementationRtl);
  EXPECT_EQ(bench_.read(abi::kRegInfoBuild), record.build);
  EXPECT_EQ(bench_.read(abi::kRegGie), 1U);
  EXPECT_EQ(bench_.read(abi::kRegIer), 1U);
  EXPECT_EQ(bench_.read(abi::kRegIsr), 0U);  // was acknowledged
  EXPECT_EQ(bench_.read(abi::kArgJobId), 7U);
  EXPECT_EQ(bench_.read(0xff0), 0U);
}

TEST_F(NttKernel, RefusesArguments) {
  const auto error = [&] {
    const abi::CompletionRecord record = start_and_finish();
    EXPECT_EQ(record.loaded_words + record.stored_words, 0U);
    return static_cast<abi::KernelError>(record.error);
  };
  set_arguments({.log_n = 27}, 1);
  EXPECT_EQ(error(), abi::KernelError::kBadSize);
  set_arguments({.batch = 1 << 24}, 1);
  EXPECT_EQ(error(), abi::KernelError::kBadSize);
  set_arguments({.log_n = 16, .batch = 1 << 16}, 1);
  EXPECT_EQ(error(), abi::KernelError::kBadSize);
  set_arguments({}, 1);
  bench_.write(abi::kArgFlags, 8);
  EXPECT_EQ(error(), abi::KernelError::kReservedArgument);
  set_arguments({}, 1);
  pointer(abi::kArgScratch1, scratch(1) + 32);
  EXPECT_EQ(error(), abi::KernelError::kBadAlignment);
  // No place for a record: nothing is written.
  for (const std::uint64_t offset : {1, 4, 32}) {
    set_arguments({}, 1);
    pointer(abi::kArgStatus, kStatus + offset);
    std::memset(&bench_.memory()[kStatus], 0x5a, sizeof(abi::CompletionRecord));
    const std::vector<std::uint8_t> before(bench_.memory().begin(), bench_.memory().end());
    start_and_finish();
    EXPECT_TRUE(std::equal(before.begin(), before.end(), bench_.memory().begin())) << offset;
  }
  check({});
}

TEST_F(NttKernel, BusErrorsEndTheJob) {
  bench_.knobs.stall_percent = 20;
  for (const std::uint64_t at : {in(1) + 64, scratch(0) + 256, out(0) + 96, kTwiddles + 32}) {
    const Job job = {.log_n = 9};
    prepare(job);
    set_arguments(job, 1);
    bench_.fault_from = at;
    bench_.fault_to = at + 32;
    const auto error = static_cast<abi::KernelError>(start_and_finish().error);
    EXPECT_THAT(error, ::testing::AnyOf(abi::KernelError::kReadFault, abi::KernelError::kWriteFault)) << at;
    bench_.fault_to = 0;
    check(job);
  }
}

TEST_F(NttKernel, SoftResetEndsTheJob) {
  bench_.knobs.stall_percent = 20;
  for (const unsigned cycles : {30U, 100U, 400U, 1500U}) {
    const Job job = {.log_n = 10};
    prepare(job);
    set_arguments(job, 1);
    bench_.write(abi::kRegIer, 1);
    bench_.write(abi::kRegGie, 1);
    bench_.write(abi::kRegCtrl, abi::kCtrlStart);
    for (unsigned i = 0; i < cycles; ++i) {
      bench_.cycle();
    }
    bench_.write(abi::kRegSoftReset, 1);
    EXPECT_EQ(static_cast<abi::KernelError>(finish().error), abi::KernelError::kReset);
    check(job);
  }
}

}  // namespace
}  // namespace proofcard::rtl
