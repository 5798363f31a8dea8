// hadamard_fr: registers, memory that stalls and fails, completion records.
#include "tests/rtl_hadamard/kernel.hpp"

#include <gmock/gmock.h>

namespace proofcard::rtl {
namespace {

using fr_abi::KernelError;

TEST_F(HadamardKernel, EveryLength) {
  for (const double ready : {1.0, 0.5}) {
    memory_.knobs.ready = ready;
    for (const std::uint32_t n : {1U, 2U, 3U, 4U, 31U, 63U, 64U, 65U, 66U, 127U, 128U, 129U, 1000U}) {
      check(job_of(n));
    }
  }
}

// Bursts begin anywhere in a row of memory, and a job may be a part of what is there.
TEST_F(HadamardKernel, PartsAndPlaces) {
  memory_.knobs.ready = 0.8;
  for (const std::uint32_t first_word : {1U, 2U, 17U, 33U, 500U}) {
    HadamardJob job = job_of(140, first_word);
    job.in_0 += 64 * (random_() % 40);
    job.in_1 += 64 * (random_() % 40);
    job.out += 64 * (random_() % 40);
    check(job);
  }
}

// Reads run ahead until the queues are full, and wait for the writes.
TEST_F(HadamardKernel, WritesThatAreSlowHoldReadsBack) {
  memory_.knobs.write_ready = 0.1;
  for (const double ready : {1.0, 0.7}) {
    memory_.knobs.ready = ready;
    check(job_of(700, 3));
  }
}

// Three cycles a word of the channels, and what memory and the pipeline answer after.
TEST_F(HadamardKernel, TakesThreeCyclesAWord) {
  memory_.knobs = {1.0, 40, 60};
  const HadamardJob job = job_of(4000);
  prepare(job);
  const fr_abi::CompletionRecord record = run(job);
  ASSERT_EQ(record.error, 0U);
  EXPECT_LE(record.cycles, 3U * 2000U + 91U + 2U * 60U + 140U);
}

TEST_F(HadamardKernel, SaysWhatItIs) {
  HadamardJob job = job_of(0);
  const fr_abi::CompletionRecord record = run(job);
  EXPECT_EQ(record.error, 0U);
  EXPECT_EQ(record.abi_hash, fr_abi::kAbiHash);
  EXPECT_EQ(record.loaded_words + record.stored_words, 0U);
  EXPECT_EQ(bench_.read(fr_abi::kRegInfoAbiHashLo), static_cast<std::uint32_t>(record.abi_hash));
  EXPECT_EQ(bench_.read(fr_abi::kRegInfoAbiHashHi), static_cast<std::uint32_t>(record.abi_hash >> 32));
  EXPECT_EQ(record.plan, fr_abi::kMaxLogElements << 8);
  EXPECT_EQ(bench_.read(fr_abi::kRegInfoPlan), record.plan);
  EXPECT_EQ(record.build, fr_abi::kImplementationRtl);
  EXPECT_EQ(bench_.read(fr_abi::kRegInfoBuild), record.build);
  EXPECT_EQ(bench_.read(fr_abi::kArgJobId), job.job_id);
  EXPECT_EQ(bench_.read(0xff0), 0U);
}

TEST_F(HadamardKernel, RefusesArguments) {
  const auto error = [&](const HadamardJob& job) {
    const fr_abi::CompletionRecord record = run(job);
    EXPECT_EQ(record.loaded_words + record.stored_words, 0U);
    return static_cast<KernelError>(record.error);
  };
  HadamardJob job = job_of((1U << fr_abi::kMaxLogElements) + 1);
  EXPECT_EQ(error(job), KernelError::kBadSize);
  job.num_elements = UINT32_MAX;
  EXPECT_EQ(error(job), KernelError::kBadSize);
  job = job_of(8);
  job.flags = 1U << 31;
  EXPECT_EQ(error(job), KernelError::kReservedArgument);
  for (const auto pointer : {&HadamardJob::in_0, &HadamardJob::in_1, &HadamardJob::out}) {
    job = job_of(8);
    job.*pointer += 32;
    EXPECT_EQ(error(job), KernelError::kBadAlignment);
  }
  // No place for a record: nothing is written.
  for (const std::uint64_t offset : {1, 4, 32}) {
    job = job_of(8);
    std::memset(memory_.at(job.status), 0x5a, sizeof(fr_abi::CompletionRecord));
    job.status += offset;
    start(job);
    bench_.finish_job();
    const std::vector<std::uint8_t> untouched(sizeof(fr_abi::CompletionRecord), 0x5a);
    EXPECT_EQ(std::memcmp(memory_.at(job.status - offset), untouched.data(), untouched.size()), 0) << offset;
  }
  check(job_of(8));
}

TEST_F(HadamardKernel, BusErrorsEndTheJob) {
  memory_.knobs.ready = 0.8;
  for (const std::uint64_t at : {kBase + 96, kBase + kShare + 32 * 200, kOut + 64, kOut + 64 * 140}) {
    const HadamardJob job = job_of(300);
    prepare(job);
    memory_.fault_from = at;
    memory_.fault_to = at + 32;
    const auto error = static_cast<KernelError>(run(job).error);
    EXPECT_EQ(error, at < kOut ? KernelError::kReadFault : KernelError::kWriteFault) << at - kBase;
    memory_.fault_to = 0;
    check(job);
  }
}

TEST_F(HadamardKernel, SoftResetInAnyCycleEndsTheJob) {
  memory_.knobs.ready = 0.8;
  for (unsigned cycles = 0; cycles < 900; cycles += 1 + cycles / 4) {
    const HadamardJob job = job_of(300);
    prepare(job);
    start(job);
    for (unsigned i = 0; i < cycles; ++i) {
      bench_.cycle();
    }
    bench_.write(fr_abi::kRegSoftReset, 1);
    // One that comes when the job is past being stopped has no effect.
    EXPECT_THAT(static_cast<KernelError>(finish(job).error), ::testing::AnyOf(KernelError::kReset, KernelError::kNone));
    check(job_of(65));
  }
}

TEST_F(HadamardKernel, SoftResetEarlyIsTold) {
  const HadamardJob job = job_of(3000);
  prepare(job);
  start(job);
  for (unsigned i = 0; i < 400; ++i) {
    bench_.cycle();
  }
  bench_.write(fr_abi::kRegSoftReset, 1);
  const fr_abi::CompletionRecord record = finish(job);
  EXPECT_EQ(static_cast<KernelError>(record.error), KernelError::kReset);
  EXPECT_LT(record.stored_words, 1500U);
}

}  // namespace
}  // namespace proofcard::rtl
