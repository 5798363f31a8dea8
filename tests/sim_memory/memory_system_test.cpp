// Masters on the card's memory, in simulated time. SystemC elaborates once a process, so all tests share one memory
// system, and each runs the simulation on for as long as it needs.
#include "sim/memory/memory_system.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace proofcard::sim {
namespace {

constexpr std::uint64_t kFirst = 0x4000000000;
constexpr std::uint64_t kSecond = 0x4010000000;

struct Bench {
  std::vector<MemoryChannel> channels{{"HBM[0]", "hbm", kFirst, 1 << 28}, {"DDR[0]", "ddr4", kSecond, 1 << 28}};
  DeviceMemory memory{channels};
  MemorySystem system{memory, channels};
  AxiPort& a = system.add_port();
  AxiPort& b = system.add_port();
  AxiPort& narrow = system.add_port(32);
};

Bench& bench() {
  static Bench bench;
  return bench;
}

constexpr double kClockNs = 1000.0 / 300.0;

// One kernel clock cycle at a time until body() is false; gives the cycles.
template <class Body>
std::uint64_t run_cycles(Body body, std::uint64_t at_most = 1'000'000) {
  for (std::uint64_t cycle = 0; cycle < at_most; ++cycle) {
    if (!body()) {
      return cycle;
    }
    sc_core::sc_start(kClockNs, sc_core::SC_NS);
  }
  ADD_FAILURE() << "nothing came within " << at_most << " cycles";
  return at_most;
}

// Reads `bursts` bursts of `beats` each in a row, as a kernel would: one beat a cycle at most.
class Reader {
 public:
  Reader(AxiPort& port, std::uint64_t address, std::uint64_t bursts, std::uint32_t beats)
      : port_(port), address_(address), bursts_(bursts), beats_(beats) {}

  bool step() {
    if (asked_ < bursts_ && port_.push_read(address_ + asked_ * beats_ * kBeatBytes, beats_)) {
      ++asked_;
    }
    if (const auto* beat = port_.read_beat()) {
      errors_ += beat->error ? 1 : 0;
      lasts_ += beat->last ? 1 : 0;
      data_.insert(data_.end(), beat->data.begin(), beat->data.end());
      port_.pop_read();
    }
    return lasts_ < bursts_;
  }

  AxiPort& port_;
  std::uint64_t address_, bursts_;
  std::uint32_t beats_;
  std::uint64_t asked_ = 0, lasts_ = 0, errors_ = 0;
  std::vector<std::uint8_t> data_;
};

TEST(MemorySystemTest, ReadsGiveWhatIsThere) {
  const auto span = bench().memory.span(kFirst + 4096, 8192);
  for (std::size_t i = 0; i < span.size(); ++i) {
    span[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  }
  Reader reader(bench().a, kFirst + 4096, 4, 32);
  run_cycles([&] { return reader.step(); });
  EXPECT_EQ(reader.errors_, 0U);
  ASSERT_EQ(reader.data_.size(), span.size());
  EXPECT_TRUE(std::equal(span.begin(), span.end(), reader.data_.begin()));
}

TEST(MemorySystemTest, OneBeatTakesTheChannelsLatency) {
  Reader reader(bench().a, kFirst + (1 << 20), 1, 1);
  const double ns = static_cast<double>(run_cycles([&] { return reader.step(); })) * kClockNs;
  EXPECT_GT(ns, 100.0);
  EXPECT_LT(ns, 500.0);  // a refresh may come between
}

// 512 bits at 300 MHz would be 19.2 GB/s: the channel is the limit.
TEST(MemorySystemTest, AStreamGetsTheChannelsBandwidth) {
  const std::uint64_t bursts = 2000;
  Reader reader(bench().a, kFirst, bursts, 16);
  const double ns = static_cast<double>(run_cycles([&] { return reader.step(); })) * kClockNs;
  const double gb_per_s = static_cast<double>(bursts * 1024) / ns;
  EXPECT_GT(gb_per_s, 0.9 * 14.375);
  EXPECT_LT(gb_per_s, 14.375);
}

TEST(MemorySystemTest, TwoMastersShareAChannelEvenly) {
  const std::uint64_t bursts = 1000;
  Reader first(bench().a, kFirst, bursts, 16);
  Reader second(bench().b, kFirst + (1 << 27), bursts, 16);
  std::uint64_t behind = 0;
  const double ns = static_cast<double>(run_cycles([&] {
                      const bool more_first = first.step();
                      const bool more_second = second.step();
                      if (!more_first && more_second && behind == 0) {
                        behind = bursts - second.lasts_;
                      }
                      return more_first || more_second;
                    })) *
                    kClockNs;
  EXPECT_LT(behind, bursts / 20);
  EXPECT_LT(static_cast<double>(2 * bursts * 1024) / ns, 14.375);
}

TEST(MemorySystemTest, DifferentChannelsDoNotShare) {
  const std::uint64_t bursts = 1000;
  Reader first(bench().a, kFirst, bursts, 16);
  Reader second(bench().b, kSecond, bursts, 16);
  const double ns = static_cast<double>(run_cycles([&] {
                      const bool more_first = first.step();
                      return second.step() || more_first;
                    })) *
                    kClockNs;
  EXPECT_GT(static_cast<double>(2 * bursts * 1024) / ns, 20.0);
}

TEST(MemorySystemTest, WritesAreVisibleFromTheirResponseOn) {
  AxiPort& port = bench().b;
  std::vector<std::array<std::uint8_t, kBeatBytes>> beats(2);
  beats[0].fill(0x11);
  beats[1].fill(0x22);
  const std::vector<std::uint64_t> strobes{~std::uint64_t{0}, 0xf};
  const auto span = bench().memory.span(kSecond + 64, 128);
  ASSERT_TRUE(port.push_write(kSecond + 64, beats, strobes));
  EXPECT_EQ(span[0], 0);
  const std::uint64_t cycles = run_cycles([&] { return !port.write_response().has_value(); });
  EXPECT_GT(static_cast<double>(cycles) * kClockNs, 60.0);
  EXPECT_FALSE(*port.write_response());
  port.pop_write_response();
  EXPECT_EQ(span[0], 0x11);
  EXPECT_EQ(span[63], 0x11);
  EXPECT_EQ(span[64], 0x22);
  EXPECT_EQ(span[68], 0);  // no strobe
}

TEST(MemorySystemTest, NarrowMastersHaveBeatsOf32Bytes) {
  AxiPort& port = bench().narrow;
  std::vector<std::array<std::uint8_t, kBeatBytes>> beats(3);
  for (std::size_t i = 0; i < beats.size(); ++i) {
    beats[i].fill(static_cast<std::uint8_t>(i + 1));
  }
  const std::uint64_t address = kSecond + 0x2000 + 32;
  ASSERT_TRUE(port.push_write(address, beats, std::vector<std::uint64_t>(3, 0xffffffff)));
  run_cycles([&] { return !port.write_response().has_value(); });
  port.pop_write_response();
  const auto span = bench().memory.span(address, 128);
  for (std::size_t i = 0; i < span.size(); ++i) {
    ASSERT_EQ(span[i], i < 96 ? i / 32 + 1 : 0) << i;
  }
  ASSERT_TRUE(port.push_read(address + 32, 2));
  for (const int value : {2, 3}) {
    run_cycles([&] { return port.read_beat() == nullptr; });
    const AxiPort::ReadBeat& beat = *port.read_beat();
    EXPECT_EQ(beat.last, value == 3);
    EXPECT_TRUE(std::all_of(beat.data.begin(), beat.data.begin() + 32, [&](std::uint8_t b) { return b == value; }));
    port.pop_read();
  }
}

TEST(MemorySystemTest, NoChannelIsAnErrorInOrder) {
  AxiPort& port = bench().a;
  ASSERT_TRUE(port.push_read(kFirst, 1));
  ASSERT_TRUE(port.push_read(0x1000, 2));
  std::vector<bool> errors;
  run_cycles([&] {
    if (const auto* beat = port.read_beat()) {
      errors.push_back(beat->error);
      port.pop_read();
    }
    return errors.size() < 3;
  });
  EXPECT_EQ(errors, (std::vector<bool>{false, true, true}));
  const std::vector<std::array<std::uint8_t, kBeatBytes>> beats(1);
  ASSERT_TRUE(port.push_write(0, beats, std::vector<std::uint64_t>{1}));
  run_cycles([&] { return !port.write_response().has_value(); });
  EXPECT_TRUE(*port.write_response());
  port.pop_write_response();
}

TEST(MemorySystemTest, OutstandingBurstsAreLimited) {
  AxiPort& port = bench().a;
  int accepted = 0;
  while (accepted < 100 && port.push_read(kFirst, 1)) {
    ++accepted;
  }
  EXPECT_EQ(accepted, 32);
  int beats = 0;
  run_cycles([&] {
    if (port.read_beat() != nullptr) {
      port.pop_read();
      ++beats;
    }
    return beats < accepted;
  });
  EXPECT_TRUE(port.push_read(kFirst, 1));
  run_cycles([&] { return port.read_beat() == nullptr; });
  port.pop_read();
}

TEST(MemorySystemTest, StatisticsCountWhatEachChannelMoved) {
  const MemoryStatistics before = bench().system.statistics();
  ASSERT_EQ(before.channels.size(), 2U);
  EXPECT_EQ(before.channels[0].tag, "HBM[0]");
  EXPECT_EQ(before.channels[1].tag, "DDR[0]");
  Reader reader(bench().a, kFirst, 100, 16);
  run_cycles([&] { return reader.step(); });
  const std::vector<std::array<std::uint8_t, kBeatBytes>> beats(4);
  ASSERT_TRUE(bench().b.push_write(kSecond, beats, std::vector<std::uint64_t>(4, 1)));
  run_cycles([&] { return !bench().b.write_response().has_value(); });
  bench().b.pop_write_response();
  const MemoryStatistics after = bench().system.statistics();
  EXPECT_EQ(after.channels[0].kernel_bytes_read - before.channels[0].kernel_bytes_read, 102'400U);
  EXPECT_EQ(after.channels[0].kernel_bytes_written, before.channels[0].kernel_bytes_written);
  EXPECT_EQ(after.channels[1].kernel_bytes_read, before.channels[1].kernel_bytes_read);
  EXPECT_EQ(after.channels[1].kernel_bytes_written - before.channels[1].kernel_bytes_written, 256U);
  const Picoseconds busy = after.channels[0].busy_ps - before.channels[0].busy_ps;
  EXPECT_NEAR(static_cast<double>(busy), 102'400 * 1000.0 / 14.375, 200.0);  // a picosecond a burst is rounded off
  EXPECT_GT(after.now_ps - before.now_ps, busy);
  EXPECT_EQ(after.channels[0].row_misses, bench().system.timing(0).row_misses());
  EXPECT_EQ(after.channels[0].refreshes, bench().system.timing(0).refreshes());
}

TEST(MemorySystemDeathTest, BurstsDoNotCross4KiB) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(bench().a.push_read(kFirst + 4096 - 64, 2), "");
}

}  // namespace
}  // namespace proofcard::sim

// SystemC's library expects it; the tests start the simulation themselves.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }
