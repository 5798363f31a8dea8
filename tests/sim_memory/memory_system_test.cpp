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

// Runs a copy to its end; gives its time in ns.
double copy(std::uint64_t address, std::uint64_t bytes, CopyDirection direction) {
  const Picoseconds begin = now_ps();
  bench().system.dma().start(address, bytes, direction);
  sc_core::sc_start();
  EXPECT_FALSE(bench().system.dma().busy());
  return static_cast<double>(now_ps() - begin) / 1000.0;
}

// The measurements that the parameters were taken from: 4 KiB, and what is long enough for the link alone to count.
TEST(PcieDmaTest, TakesTheTimeOfALink) {
  EXPECT_NEAR(4096 / copy(kFirst, 4096, CopyDirection::kToCard), 0.71, 0.03);  // GB/s
  EXPECT_NEAR(4096 / copy(kFirst, 4096, CopyDirection::kToHost), 0.80, 0.03);
  const std::uint64_t bytes = std::uint64_t{16} << 20;
  EXPECT_NEAR(static_cast<double>(bytes) / copy(kFirst, bytes, CopyDirection::kToCard), 11.0, 0.1);
  EXPECT_NEAR(static_cast<double>(bytes) / copy(kSecond, bytes, CopyDirection::kToHost), 12.15, 0.1);
}

TEST(PcieDmaTest, FasterLinksAreFaster) {
  const PcieParameters x16 = pcie_link(8, 16), x8 = pcie_link(8, 8), gen4_x8 = pcie_link(16, 8);
  EXPECT_DOUBLE_EQ(gen4_x8.picoseconds_a_byte_in, x16.picoseconds_a_byte_in);
  EXPECT_DOUBLE_EQ(x8.picoseconds_a_byte_out, 2 * x16.picoseconds_a_byte_out);
  EXPECT_NEAR(1000.0 / x16.picoseconds_a_byte_in, 11.0, 1e-9);
}

// Not a multiple of a request, from one channel into the next: every byte is counted once, in its channel.
TEST(PcieDmaTest, StatisticsCountEveryByte) {
  const MemoryStatistics before = bench().system.statistics();
  copy(kSecond - 1000, 5001, CopyDirection::kToCard);
  copy(kSecond - 10, 77, CopyDirection::kToHost);
  const MemoryStatistics after = bench().system.statistics();
  EXPECT_EQ(after.channels[0].dma_bytes_in - before.channels[0].dma_bytes_in, 1000U);
  EXPECT_EQ(after.channels[1].dma_bytes_in - before.channels[1].dma_bytes_in, 4001U);
  EXPECT_EQ(after.channels[0].dma_bytes_out - before.channels[0].dma_bytes_out, 10U);
  EXPECT_EQ(after.channels[1].dma_bytes_out - before.channels[1].dma_bytes_out, 67U);
  EXPECT_EQ(after.channels[0].kernel_bytes_written, before.channels[0].kernel_bytes_written);
  EXPECT_EQ(after.dma.copies_in - before.dma.copies_in, 1U);
  EXPECT_EQ(after.dma.bytes_in - before.dma.bytes_in, 5001U);
  EXPECT_EQ(after.dma.copies_out - before.dma.copies_out, 1U);
  EXPECT_EQ(after.dma.bytes_out - before.dma.bytes_out, 77U);
  EXPECT_EQ(after.now_ps - before.now_ps,
            after.dma.time_in_ps - before.dma.time_in_ps + after.dma.time_out_ps - before.dma.time_out_ps);
}

// A copy and a kernel's stream: on one channel both get slower, on two neither.
TEST(PcieDmaTest, CopiesAndKernelsShareAChannel) {
  const std::uint64_t bursts = 2000;
  const auto stream = [&](std::optional<std::uint64_t> copy_to) {
    Reader reader(bench().a, kFirst, bursts, 16);
    if (copy_to) {
      bench().system.dma().start(*copy_to, bursts * 1024, CopyDirection::kToCard);
    }
    const std::uint64_t cycles = run_cycles([&] { return reader.step(); });
    run_cycles([&] { return bench().system.dma().busy(); });
    return cycles;
  };
  const std::uint64_t alone = stream(std::nullopt);
  EXPECT_NEAR(static_cast<double>(stream(kSecond)), static_cast<double>(alone), 0.02 * static_cast<double>(alone));
  const MemoryStatistics before = bench().system.statistics();
  EXPECT_GT(static_cast<double>(stream(kFirst + (1 << 26))), 1.4 * static_cast<double>(alone));
  const MemoryStatistics after = bench().system.statistics();
  const double copy_ns = static_cast<double>(after.dma.time_in_ps - before.dma.time_in_ps) / 1000.0;
  EXPECT_GT(copy_ns, 1.2 * (5'300 + bursts * 1024 / 11.0));
}

// The link does not make up for time in which the channel could not take its data.
TEST(PcieDmaTest, NeverFasterThanItsLink) {
  const std::uint64_t bytes = std::uint64_t{8} << 20;
  Reader reader(bench().a, kFirst, 2000, 16);
  const std::uint64_t bytes_before = bench().system.statistics().channels[0].dma_bytes_in;
  bench().system.dma().start(kFirst + (1 << 26), bytes, CopyDirection::kToCard);
  run_cycles([&] { return reader.step(); });
  const std::uint64_t left = bytes - (bench().system.statistics().channels[0].dma_bytes_in - bytes_before);
  const Picoseconds begin = now_ps();
  sc_core::sc_start();
  EXPECT_GT(static_cast<double>(now_ps() - begin) / 1000.0, 0.99 * static_cast<double>(left) / 11.0);
}

// What was read waits for the link, in a buffer that has an end.
TEST(PcieDmaTest, ReadsDoNotRunAheadOfTheLink) {
  const std::uint64_t before = bench().system.statistics().channels[1].dma_bytes_out;
  bench().system.dma().start(kSecond, std::uint64_t{4} << 20, CopyDirection::kToHost);
  sc_core::sc_start(200, sc_core::SC_US);
  const auto read = static_cast<double>(bench().system.statistics().channels[1].dma_bytes_out - before);
  const double crossed = (200'000 - 4'800) * 12.15;
  EXPECT_GT(read, 0.99 * crossed);
  EXPECT_LT(read, crossed + 65 * 512);
  sc_core::sc_start();
}

TEST(MemorySystemDeathTest, BurstsDoNotCross4KiB) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(bench().a.push_read(kFirst + 4096 - 64, 2), "");
}

}  // namespace
}  // namespace proofcard::sim

// SystemC's library expects it; the tests start the simulation themselves.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }
