// The kernel's top with a core that gives the exclusive or of what it reads: every beat arrives once, errors have their
// codes, nothing hangs, and after any accident the next job is right.
#include "Vmsm_g1.h"
#include "tests/rtl/testbench.hpp"
#include "tests/rtl_top/kernel_bench.hpp"

namespace proofcard::rtl {
namespace {

constexpr std::uint64_t kBase = 0x3f'ffff'0000;  // the memory goes across 2^38
constexpr std::size_t kBytes = 1U << 20;
constexpr std::uint32_t kWideBits = 5;

class TopTest : public SeededTest {
 protected:
  TopTest() : memory_(kBase, kBytes, random_), bench_(memory_) {
    for (std::size_t i = 0; i < kBytes; i += 8) {
      const std::uint64_t word = random_();
      std::memcpy(memory_.at(kBase + i), &word, 8);
    }
  }

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

  static std::size_t row_bytes(const KernelJob& job) {
    const std::size_t scalar_bytes = job.scalar_bits == 254 ? 32 : job.scalar_bits / 8;
    return (job.num_points * scalar_bytes + 63) / 64 * 64;
  }

  // Buffers one behind the other, at addresses that are multiples of nothing but a beat.
  KernelJob random_job(std::uint32_t num_points, std::uint32_t num_msms) {
    KernelJob job;
    job.num_points = num_points;
    job.num_msms = num_msms;
    const std::uint32_t formats[] = {8, 16, 32, 254};
    job.scalar_bits = formats[below(4)];
    const std::uint32_t range = job.scalar_bits == 254 ? 255 : job.scalar_bits;
    job.flags = below(2) == 0 ? 0 : abi::kFlagNarrowWindows;
    const std::uint32_t width = job.scalar_bits == 254 && job.flags == 0 ? kWideBits : 4;
    const std::uint32_t windows = (range + width - 1) / width;
    job.first_window = below(windows);
    job.num_windows = 1 + below(windows - job.first_window);
    job.job_id = below(1'000'000);
    std::uint64_t at = kBase;
    const auto place = [&](std::uint64_t bytes) {
      at += below(80) * 64;
      const std::uint64_t here = at;
      at += bytes;
      return here;
    };
    job.bases = place(std::uint64_t{num_points} * 64);
    job.scalars = place(row_bytes(job) * num_msms);
    job.results = place(std::uint64_t{num_msms} * job.num_windows * 128);
    job.status = place(64);
    EXPECT_LE(at, kBase + kBytes);
    return job;
  }

  // What the stand-in core gives for window 0 of a row, but for the window's number.
  std::array<std::uint8_t, 128> expected(const KernelJob& job, std::size_t row) {
    std::array<std::uint8_t, 128> out{};
    const auto add = [&](std::uint64_t address, std::size_t bytes) {
      for (std::size_t i = 0; i < bytes; ++i) {
        out[i % 64] ^= *memory_.at(address + i);
      }
    };
    add(job.bases, std::size_t{job.num_points} * 64);
    add(job.scalars + row * row_bytes(job), row_bytes(job));
    const auto beats = static_cast<std::uint16_t>(row_bytes(job) / 64);
    const auto points = static_cast<std::uint16_t>(job.num_points);
    out[64] = job.scalar_bits == 254 ? 3 : static_cast<std::uint8_t>(job.scalar_bits / 16);
    out[64] |= static_cast<std::uint8_t>(job.flags << 2);
    std::memcpy(&out[66], &points, 2);
    std::memcpy(&out[68], &beats, 2);
    return out;
  }

  void expect_good(const KernelJob& job) {
    std::vector<std::array<std::uint8_t, 128>> rows;
    for (std::size_t row = 0; row < job.num_msms; ++row) {
      rows.push_back(expected(job, row));
    }
    const auto record = bench_.run(job);
    EXPECT_EQ(record.abi_hash, abi::kAbiHash);
    EXPECT_EQ(record.error, 0U);
    EXPECT_EQ(record.job_id, job.job_id);
    EXPECT_EQ(record.num_digits, std::uint64_t{job.num_points} * job.num_msms);
    EXPECT_GE(record.cycles, record.busy_cycles);
    for (std::size_t i = 0; i < std::size_t{job.num_msms} * job.num_windows; ++i) {
      auto want = rows[i / job.num_windows];
      want[65] = static_cast<std::uint8_t>(job.first_window + i % job.num_windows);
      ASSERT_EQ(std::memcmp(memory_.at(job.results + i * 128), want.data(), 128), 0) << "result " << i;
    }
  }

  AxiMemory memory_;
  KernelBench<Vmsm_g1> bench_;
};

TEST_F(TopTest, JobsBackToBackOnAnyBus) {
  for (const AxiKnobs& knobs :
       {AxiKnobs{1.0, 0, 0}, AxiKnobs{0.5, 5, 60}, AxiKnobs{0.2, 0, 300}, AxiKnobs{0.9, 100, 400}}) {
    memory_.knobs = knobs;
    for (int i = 0; i < 8; ++i) {
      expect_good(random_job(1 + below(i % 2 == 0 ? 10 : 700), 1 + below(6)));
    }
  }
}

// 32 bursts are open while the answers are on their way.
TEST_F(TopTest, ManyReadsAreOutstanding) {
  memory_.knobs = {1.0, 600, 600};
  KernelJob job = random_job(2000, 1);
  job.scalar_bits = 254;
  job.first_window = 0;
  job.num_windows = 1;
  job.scalars = kBase;
  expect_good(job);
  EXPECT_GE(bench_.most_open(), 32U);
}

TEST_F(TopTest, EmptyJobsReadNothing) {
  KernelJob job = random_job(100, 0);
  const auto record = bench_.run(job);
  EXPECT_EQ(record.error, 0U);
  EXPECT_EQ(record.job_id, job.job_id);
  EXPECT_EQ(record.busy_cycles, 0U);
  EXPECT_EQ(record.window_bits, 0x05040404U);
  EXPECT_EQ(record.build, 0x080c0102U);
  EXPECT_EQ(bench_.num_reads(), 0U);
  EXPECT_EQ(bench_.num_writes(), 1U);
  expect_good(random_job(0, 3));
  EXPECT_EQ(bench_.num_reads(), 0U);
}

TEST_F(TopTest, BadArgumentsHaveTheirCodes) {
  using abi::KernelError;
  struct Case {
    KernelError error;
    std::function<void(KernelJob&)> change;
  };
  const Case cases[] = {
      {KernelError::kBadScalarBits, [](KernelJob& j) { j.scalar_bits = 0; }},
      {KernelError::kBadScalarBits, [](KernelJob& j) { j.scalar_bits = 255; }},
      {KernelError::kBadScalarBits, [](KernelJob& j) { j.scalar_bits = 0x10008; }},
      {KernelError::kReservedArgument, [](KernelJob& j) { j.flags = 2; }},
      {KernelError::kReservedArgument, [](KernelJob& j) { j.flags = 1U << 31 | abi::kFlagNarrowWindows; }},
      {KernelError::kReservedArgument, [](KernelJob& j) { j.bases_stride = 1U << 31; }},
      {KernelError::kReservedArgument, [](KernelJob& j) { j.num_multiples = 4; }},
      {KernelError::kBadWindow, [](KernelJob& j) { j.num_windows = 0; }},
      {KernelError::kBadWindow, [](KernelJob& j) { j.num_windows = 52; }},
      {KernelError::kBadWindow, [](KernelJob& j) { j.first_window = 51; }},
      {KernelError::kBadWindow,
       [](KernelJob& j) {
         j.flags = abi::kFlagNarrowWindows;
         j.num_windows = 65;
       }},
      {KernelError::kBadWindow, [](KernelJob& j) { j.first_window = 0xffffffff; }},
      {KernelError::kBadWindow, [](KernelJob& j) { j.num_windows = 257; }},
      {KernelError::kBadWindow, [](KernelJob& j) { j.first_window = 256; }},
      {KernelError::kBadAlignment, [](KernelJob& j) { j.bases += 1; }},
      {KernelError::kBadAlignment, [](KernelJob& j) { j.scalars += 32; }},
      {KernelError::kBadAlignment, [](KernelJob& j) { j.results += 4; }},
      {KernelError::kBadSize, [](KernelJob& j) { j.num_points = (1U << 12) + 1; }},
      {KernelError::kBadSize, [](KernelJob& j) { j.num_msms = (1U << 8) + 1; }},
      {KernelError::kBadSize, [](KernelJob& j) { j.num_points = 1U << 31; }},
      // The first of several.
      {KernelError::kBadScalarBits,
       [](KernelJob& j) {
         j.scalar_bits = 9;
         j.flags = 2;
       }},
      {KernelError::kReservedArgument,
       [](KernelJob& j) {
         j.flags = 2;
         j.num_windows = 0;
         j.num_points = 1U << 31;
       }},
  };
  for (const Case& c : cases) {
    KernelJob job = random_job(5, 1);
    job.scalar_bits = 254;
    job.first_window = 0;
    job.num_windows = 1;
    job.flags = 0;
    c.change(job);
    const std::uint64_t writes = bench_.num_writes();
    const auto record = bench_.run(job);
    EXPECT_EQ(record.error, static_cast<std::uint32_t>(c.error)) << &c - cases;
    EXPECT_EQ(record.job_id, job.job_id);
    EXPECT_EQ(bench_.num_writes(), writes + 1);
  }
  EXPECT_EQ(bench_.num_reads(), 0U);
  // No place for a record: nothing is written, whatever else is wrong.
  for (const unsigned bit : {0U, 2U, 5U}) {
    KernelJob misplaced = random_job(5, 1);
    misplaced.status += 1ULL << bit;
    misplaced.results += bit == 5 ? 4 : 0;
    const std::uint64_t writes = bench_.num_writes();
    bench_.start(misplaced);
    bench_.finish_job();
    EXPECT_EQ(bench_.num_writes(), writes);
  }
  EXPECT_EQ(bench_.num_reads(), 0U);
  // All windows, and one past them.
  KernelJob job = random_job(5, 1);
  job.scalar_bits = 254;
  job.first_window = 0;
  job.num_windows = 51;
  job.flags = 0;
  job.results = kBase + kBytes / 2;
  expect_good(job);
  job.flags = abi::kFlagNarrowWindows;
  job.num_windows = 64;
  expect_good(job);
}

TEST_F(TopTest, BusErrorsEndTheJob) {
  for (int round = 0; round < 12; ++round) {
    memory_.knobs = {round % 2 == 0 ? 0.9 : 0.3, 0, 200};
    const KernelJob job = random_job(200 + below(300), 1 + below(4));
    const auto expect_fault = [&](std::uint64_t from, std::uint64_t bytes, abi::KernelError error) {
      memory_.fault_from = from;
      memory_.fault_to = from + bytes;
      EXPECT_EQ(bench_.run(job).error, static_cast<std::uint32_t>(error));
      memory_.fault_to = 0;
      expect_good(random_job(1 + below(50), 1 + below(3)));
    };
    expect_fault(job.bases + below(job.num_points) * 64, 64, abi::KernelError::kReadFault);
    expect_fault(job.scalars, row_bytes(job) * job.num_msms, abi::KernelError::kReadFault);
    expect_fault(job.results + below(job.num_windows) * 128, 64, abi::KernelError::kWriteFault);
  }
}

// The record itself has no place: the job still ends.
TEST_F(TopTest, RecordWithoutAPlace) {
  KernelJob job = random_job(10, 1);
  job.status = kBase + kBytes;
  bench_.run(job);
  expect_good(random_job(10, 1));
}

TEST_F(TopTest, SoftResetAtAnyTime) {
  int resets = 0;
  for (int round = 0; round < 150; ++round) {
    memory_.knobs = {round % 2 == 0 ? 0.9 : 0.3, 0, 200};
    const KernelJob job = random_job(1 + below(300), 1 + below(4));
    bench_.start(job);
    for (std::uint32_t i = below(round % 3 == 0 ? 40 : 3000); i > 0; --i) {
      bench_.cycle();
    }
    bench_.write(abi::kRegSoftReset, 1);
    const auto record = bench_.finish(job.status);
    EXPECT_EQ(record.job_id, job.job_id);
    ASSERT_TRUE(record.error == 0 || record.error == static_cast<std::uint32_t>(abi::KernelError::kReset))
        << record.error;
    resets += record.error != 0 ? 1 : 0;
    expect_good(random_job(1 + below(100), 1 + below(2)));
  }
  EXPECT_GT(resets, 20);
}

TEST_F(TopTest, SoftResetWithoutAJob) {
  bench_.write(abi::kRegSoftReset, 1);
  expect_good(random_job(20, 2));
  const std::uint64_t writes = bench_.num_writes();
  bench_.write(abi::kRegSoftReset, 0);  // says nothing
  bench_.write(abi::kRegSoftReset, 1);
  for (int i = 0; i < 100; ++i) {
    bench_.cycle();
  }
  EXPECT_EQ(bench_.num_writes(), writes);
  EXPECT_FALSE(bench_.m().__SYM__interrupt);
  EXPECT_EQ(bench_.read(abi::kRegCtrl), abi::kCtrlIdle);
}

TEST_F(TopTest, Registers) {
  EXPECT_EQ(bench_.read(abi::kRegInfoAbiHashLo), static_cast<std::uint32_t>(abi::kAbiHash));
  EXPECT_EQ(bench_.read(abi::kRegInfoAbiHashHi), static_cast<std::uint32_t>(abi::kAbiHash >> 32));
  EXPECT_EQ(bench_.read(abi::kRegInfoPlan), 0x05040404U);
  EXPECT_EQ(bench_.read(abi::kRegInfoBuild), 0x080c0102U);
  EXPECT_EQ(bench_.read(abi::kRegSoftReset), 0U);
  EXPECT_EQ(bench_.read(0xffc), 0U);
  EXPECT_EQ(bench_.read(abi::kRegIer), 3U);
  EXPECT_EQ(bench_.read(abi::kRegGie), 1U);
  bench_.write(abi::kArgJobId, 0x12345678);
  bench_.write(abi::kArgJobId, 0xaabbccdd, 0b0101);
  EXPECT_EQ(bench_.read(abi::kArgJobId), 0x12bb56ddU);
  bench_.write(abi::kRegInfoBuild, 0);
  EXPECT_EQ(bench_.read(abi::kRegInfoBuild), 0x080c0102U);
  // A strobe that leaves out the byte with the bit starts nothing.
  bench_.write(abi::kRegCtrl, abi::kCtrlStart, 0b1110);
  EXPECT_EQ(bench_.read(abi::kRegCtrl), abi::kCtrlIdle);
  // Writing to the interrupt's status toggles it.
  bench_.write(abi::kRegIsr, 1);
  EXPECT_EQ(bench_.read(abi::kRegIsr), 1U);
  EXPECT_TRUE(bench_.m().__SYM__interrupt);
  bench_.write(abi::kRegGie, 0);
  EXPECT_FALSE(bench_.m().__SYM__interrupt);
}

// From the write of start on the kernel is not idle; a start before continue waits for it.
TEST_F(TopTest, ControlIsAChain) {
  memory_.knobs = {0.5, 50, 100};
  KernelJob job = random_job(100, 1);
  bench_.start(job);
  EXPECT_EQ(bench_.read(abi::kRegCtrl), abi::kCtrlStart);
  while (!bench_.m().__SYM__interrupt) {
    bench_.cycle();
  }
  job.job_id = 77;
  std::memset(memory_.at(job.status), 0, 64);
  bench_.start(job);
  for (int i = 0; i < 2000; ++i) {
    bench_.cycle();
  }
  EXPECT_EQ(*memory_.at(job.status), 0U) << "the second job ran before continue";
  EXPECT_EQ(bench_.read(abi::kRegCtrl), abi::kCtrlStart | abi::kCtrlDone | abi::kCtrlReady);
  bench_.write(abi::kRegIsr, 3);
  bench_.write(abi::kRegCtrl, abi::kCtrlContinue);
  const auto record = bench_.finish(job.status);
  EXPECT_EQ(record.error, 0U);
  EXPECT_EQ(record.job_id, 77U);
}

}  // namespace
}  // namespace proofcard::rtl
