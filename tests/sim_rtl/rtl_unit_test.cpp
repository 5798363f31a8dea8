// An RTL kernel on the emulated card without XRT: two units on one clock and one memory, and a bus that answers with
// errors.
#include "sim/rtl/rtl_unit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "Vecho.h"
#include "host/device/abi/abi_echo.hpp"
#include "sim/rtl/clocked_copies.hpp"

namespace proofcard::sim {
namespace {

namespace abi = device::abi::echo;

constexpr std::uint64_t kBase = 0x4000000000;
constexpr std::uint64_t kStatus = kBase + 0x100000;

// SystemC elaborates once a process: all tests share the card.
struct Card {
  std::vector<MemoryChannel> channels{{"HBM[0]", "hbm", kBase, 1 << 24}};
  DeviceMemory memory{channels};
  MemorySystem system{memory, channels};
  KernelClock clock{300.0};
  RtlUnit<Vecho> first{clock, system, &connect_echo<Vecho>};
  RtlUnit<Vecho> second{clock, system, &connect_echo<Vecho>};
  ClockedCopies copies{clock, system};
};

Card& card() {
  static Card card;
  return card;
}

void start(ComputeUnit& unit, std::uint64_t in, std::uint64_t out, std::uint64_t status, std::uint32_t num_words) {
  const auto pointer = [&](std::uint32_t offset, std::uint64_t value) {
    unit.write(offset, static_cast<std::uint32_t>(value));
    unit.write(offset + 4, static_cast<std::uint32_t>(value >> 32));
  };
  pointer(abi::kArgIn, in);
  pointer(abi::kArgOut, out);
  pointer(abi::kArgStatus, status);
  unit.write(abi::kArgNumWords, num_words);
  unit.write(abi::kArgMask, 0);
  unit.write(abi::kArgJobId, num_words);
  unit.write(abi::kRegCtrl, abi::kCtrlStart);
}

// Polls as XRT does, then acknowledges.
abi::CompletionRecord finish(ComputeUnit& unit, std::uint64_t status) {
  std::uint32_t control = 0;
  for (int polls = 0; ((control = unit.read(abi::kRegCtrl)) & abi::kCtrlDone) == 0; ++polls) {
    EXPECT_EQ(control & abi::kCtrlIdle, 0U);
    if (polls > 10'000) {
      ADD_FAILURE() << "the kernel does not end";
      break;
    }
    unit.advance();
  }
  EXPECT_EQ(unit.read(abi::kRegCtrl), abi::kCtrlDone | abi::kCtrlIdle);  // done holds
  unit.write(abi::kRegCtrl, abi::kCtrlContinue);
  EXPECT_EQ(unit.read(abi::kRegCtrl), abi::kCtrlIdle);
  abi::CompletionRecord record;
  std::memcpy(&record, card().memory.span(status, sizeof(record)).data(), sizeof(record));
  EXPECT_EQ(record.abi_hash, abi::kAbiHash);
  return record;
}

TEST(RtlUnitTest, TwoUnitsShareClockAndMemory) {
  const std::uint32_t n = 1'000;
  const auto in = card().memory.span(kBase, n * 64);
  for (std::size_t i = 0; i < in.size(); ++i) {
    in[i] = static_cast<std::uint8_t>(i * 3 + i / 100);
  }
  const std::uint64_t before = card().clock.cycles();
  start(card().first, kBase, kBase + 0x10000, kStatus, n);
  start(card().second, kBase, kBase + 0x20000, kStatus + 64, n);
  const auto first = finish(card().first, kStatus);
  const auto second = finish(card().second, kStatus + 64);
  // At the same time; a poll of either is some hundred cycles late.
  EXPECT_LT(card().clock.cycles() - before, std::max(first.cycles, second.cycles) + 1'000);
  // Alone, a word takes two times 1.34 cycles of the channel.
  EXPECT_GT(std::min(first.cycles, second.cycles), 4'000U);
  EXPECT_EQ(first.error, 0U);
  EXPECT_EQ(second.error, 0U);
  EXPECT_EQ(second.job_id, n);
  for (const std::uint64_t out : {kBase + 0x10000, kBase + 0x20000}) {
    EXPECT_EQ(std::memcmp(card().memory.span(out, n * 64).data(), in.data(), n * 64), 0);
  }
}

TEST(RtlUnitTest, BusErrorsReachTheRecord) {
  // The second word is past the end of memory.
  start(card().first, kBase + (1 << 24) - 64, kBase + 0x10000, kStatus, 2);
  EXPECT_EQ(finish(card().first, kStatus).error, static_cast<std::uint32_t>(abi::KernelError::kReadFault));
  start(card().first, kBase, 0x1000, kStatus, 1);
  EXPECT_EQ(finish(card().first, kStatus).error, static_cast<std::uint32_t>(abi::KernelError::kWriteFault));
  start(card().first, kBase, kBase + 0x10000, kStatus, 1);
  EXPECT_EQ(finish(card().first, kStatus).error, 0U);
}

TEST(RtlUnitTest, TheClockStandsStillWithoutWork) {
  const std::uint64_t before = card().clock.cycles();
  EXPECT_FALSE(card().first.advance());
  EXPECT_EQ(card().clock.cycles(), before);
}

TEST(RtlUnitTest, CopiesTakeTimeWithoutClockingIdleUnits) {
  const std::uint64_t cycles = card().clock.cycles();
  const Picoseconds begin = now_ps();
  card().copies.copy(kBase, 1 << 20, true);
  const double ns = static_cast<double>(now_ps() - begin) / 1000.0;
  EXPECT_NEAR(ns, 5'300 + (1 << 20) / 11.0, 0.01 * ns);
  EXPECT_EQ(card().clock.cycles(), cycles);
}

// A job goes on while a copy is made, and both wait for each other at their channel.
TEST(RtlUnitTest, CopiesInterleaveWithAJob) {
  const std::uint32_t n = 16'000;
  const auto job_beside = [&](bool copy) {
    start(card().first, kBase, kBase + 0x200000, kStatus, n);
    const std::uint64_t cycles = card().clock.cycles();
    if (copy) {
      card().copies.copy(kBase + 0x800000, 1 << 20, true);
      // The job reads and writes as fast as it can: three masters take turns.
      const double alone = 0.3 * (5'300 + (1 << 20) / 11.0);
      EXPECT_GT(static_cast<double>(card().clock.cycles() - cycles), 2 * alone);
      EXPECT_LT(static_cast<double>(card().clock.cycles() - cycles), 3 * alone);
    }
    return finish(card().first, kStatus);
  };
  const auto alone = job_beside(false);
  const Picoseconds before = card().system.statistics().dma.time_in_ps;
  const auto beside = job_beside(true);
  const double copy_ns = static_cast<double>(card().system.statistics().dma.time_in_ps - before) / 1000.0;
  EXPECT_GT(beside.cycles, alone.cycles + 2'000);
  EXPECT_GT(copy_ns, 5'300 + (1 << 20) / 11.0);
}

}  // namespace
}  // namespace proofcard::sim

// SystemC's library expects it; the tests move simulated time on themselves.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }
