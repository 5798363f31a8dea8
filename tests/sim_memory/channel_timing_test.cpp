// Latency, bandwidth and refresh of a channel, against the numbers that its parameters were taken from.
#include "sim/memory/channel_timing.hpp"

#include <gtest/gtest.h>

#include <random>

namespace proofcard::sim {
namespace {

// What a requester sees, in ns.
double latency_ns(ChannelTiming& channel, Picoseconds at, std::uint64_t address) {
  const AccessTime t = channel.schedule(at, address, 64, false);
  return static_cast<double>(t.last + channel.parameters().path - at) / 1000.0;
}

void expect_latencies(const ChannelParameters& parameters, double hit, double closed, double miss) {
  ChannelTiming channel(parameters);
  const std::uint64_t row_stride = std::uint64_t{parameters.num_banks} * parameters.row_bytes;
  EXPECT_NEAR(latency_ns(channel, 100'000, 0), closed, 0.08 * closed);
  EXPECT_NEAR(latency_ns(channel, 400'000, 64), hit, 0.08 * hit);
  EXPECT_NEAR(latency_ns(channel, 800'000, row_stride), miss, 0.08 * miss);
}

// Measured on cards: Shuhai, FCCM 2020, table of idle latencies.
TEST(ChannelTimingTest, IdleLatencies) {
  expect_latencies(hbm2_channel(), 106.7, 122.2, 128.9);
  expect_latencies(ddr4_channel(), 73.3, 89.9, 106.6);
}

// GB/s of reads of `bytes` each that are all known from the start.
double bandwidth(const ChannelParameters& parameters, std::uint64_t bytes, std::uint64_t count, bool random) {
  ChannelTiming channel(parameters);
  std::mt19937_64 rng(1);
  Picoseconds last = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t address = random ? rng() % (std::uint64_t{1} << 28) / bytes * bytes : i * bytes;
    last = channel.schedule(0, address, bytes, false).last;
  }
  EXPECT_EQ(channel.bytes_moved(), bytes * count);
  return static_cast<double>(bytes * count) * 1000.0 / static_cast<double>(last);
}

TEST(ChannelTimingTest, LongBurstsGetTheBusLessRefresh) {
  const double hbm = bandwidth(hbm2_channel(), 1024, 50'000, false);
  EXPECT_GT(hbm, 14.375 * 0.92);
  EXPECT_LT(hbm, 14.375 * (1 - 260.0 / 3900.0) + 0.05);
  const double ddr = bandwidth(ddr4_channel(), 4096, 20'000, false);
  EXPECT_GT(ddr, 19.2 * 0.93);
  EXPECT_LT(ddr, 19.2 * (1 - 350.0 / 7800.0) + 0.05);
}

TEST(ChannelTimingTest, ShortRandomAccessesPayForRows) {
  EXPECT_LT(bandwidth(hbm2_channel(), 64, 20'000, true), 0.75 * bandwidth(hbm2_channel(), 64, 20'000, false));
}

TEST(ChannelTimingTest, RefreshComesOnTime) {
  ChannelTiming channel(hbm2_channel());
  for (Picoseconds t = 0; t < 100 * 3'900'000ULL; t += 100'000) {
    channel.schedule(t, 0, 64, false);
  }
  EXPECT_NEAR(static_cast<double>(channel.refreshes()), 99.0, 1.0);
  EXPECT_EQ(channel.row_misses(), channel.refreshes() + 1);
}

TEST(ChannelTimingTest, TurningTheBusAroundCosts) {
  const auto run = [](bool alternate) {
    ChannelTiming channel(hbm2_channel());
    Picoseconds last = 0;
    for (std::uint64_t i = 0; i < 100; ++i) {
      last = channel.schedule(0, i * 64, 64, alternate && i % 2 == 1).last;
    }
    return last;
  };
  EXPECT_GE(run(true), run(false) + 90 * 8'000);
}

TEST(ChannelTimingTest, AccessesSmallerThanATransferTakeAWholeOne) {
  ChannelTiming channel(hbm2_channel());
  const AccessTime one = channel.schedule(0, 31, 2, false);  // touches two transfers of 32 bytes
  EXPECT_NEAR(static_cast<double>(one.last - one.first), 64 * 1000.0 / 14.375, 2.0);
}

}  // namespace
}  // namespace proofcard::sim
