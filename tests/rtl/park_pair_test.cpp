// Buckets: whatever order items arrive in, every bucket ends with the sum of its items, and the adder stays busy.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "Vpark_pair_bench.h"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {
namespace {

constexpr std::size_t kNum = 6;  // instances, of RAM latency 1 to 6
constexpr std::size_t kAddressBits = 12;
constexpr std::size_t kAddLatency = 158;

struct Item {
  std::uint32_t address;
  std::uint64_t value;
};

// What an instance did with a sequence of items.
struct Trace {
  std::uint64_t first = 0;   // cycle of the first accepted item
  std::uint64_t last = 0;    // of the last one
  std::uint64_t issued = 0;  // pairs
};

class ParkPair : public SeededTest {
 protected:
  // A reset sweeps all buckets.
  void wait_until_ready() {
    bench_->in_valid_i = 0;
    bench_->in_take_i = 0;
    for (std::size_t i = 0; i < (std::size_t{1} << kAddressBits) + kAddLatency + 16; ++i) {
      bench_.tick();
    }
    bench_.eval();
    ASSERT_EQ(bench_->in_ready_o, (1 << kNum) - 1);
  }

  // Feeds all instances; `stall` tells whether an instance pauses in this cycle.
  std::vector<Trace> feed(const std::vector<Item>& items, const std::function<bool()>& stall) {
    std::vector<Trace> runs(kNum);
    std::vector<std::size_t> next(kNum, 0);
    const auto waits = [&](std::size_t n) {
      return next[n] < items.size() || ((bench_->idle_o >> (4 * n)) & 15) != 15;
    };
    for (std::uint64_t cycle = 0; waits(0) || waits(1) || waits(2) || waits(3) || waits(4) || waits(5); ++cycle) {
      if (cycle > 100 * items.size() + 100'000) {
        ADD_FAILURE() << "items are still on their way after " << cycle << " cycles";
        break;
      }
      std::uint32_t valid = 0;
      for (std::size_t n = 0; n < kNum; ++n) {
        if (next[n] < items.size() && !stall()) {
          valid |= 1U << n;
          set(n, items[next[n]]);
        }
      }
      bench_->in_valid_i = static_cast<CData>(valid);
      bench_->in_take_i = 0;
      bench_.eval();
      const std::uint32_t accepted = valid & bench_->in_ready_o;
      bench_.tick();
      for (std::size_t n = 0; n < kNum; ++n) {
        runs[n].issued += (bench_->issue_valid_o >> n) & 1U;
        if (((accepted >> n) & 1U) != 0) {
          runs[n].first = next[n] == 0 ? cycle : runs[n].first;
          runs[n].last = cycle;
          ++next[n];
        }
      }
    }
    bench_->in_valid_i = 0;
    bench_.tick();
    return runs;
  }

  // Takes every bucket and compares it with the items' sums.
  void expect_sums(const std::vector<Item>& items) {
    std::map<std::uint32_t, std::uint64_t> expected;
    for (const Item& item : items) {
      expected[item.address] += item.value;
    }
    std::vector<std::uint32_t> answered(kNum, 0);
    constexpr std::uint32_t kBuckets = 1U << kAddressBits;
    for (std::uint32_t cycle = 0; cycle < kBuckets + 16; ++cycle) {
      const bool asks = cycle < kBuckets;
      bench_->in_valid_i = asks ? (1 << kNum) - 1 : 0;
      bench_->in_take_i = bench_->in_valid_i;
      for (std::size_t n = 0; n < kNum && asks; ++n) {
        set(n, {cycle, 0});
      }
      bench_.eval();
      ASSERT_EQ(bench_->in_valid_i & ~bench_->in_ready_o, 0) << "a take had to wait";
      bench_.tick();
      for (std::size_t n = 0; n < kNum; ++n) {
        if (((bench_->take_valid_o >> n) & 1) == 0) {
          continue;
        }
        const std::uint32_t address = answered[n]++;
        const auto it = expected.find(address);
        const bool occupied = ((bench_->take_occupied_o >> n) & 1) != 0;
        ASSERT_EQ(occupied, it != expected.end()) << "bucket " << address << ", RAM latency " << n + 1;
        if (occupied) {
          const std::uint64_t sum = bench_->take_payload_o[2 * n] | std::uint64_t{bench_->take_payload_o[2 * n + 1]}
                                                                        << 32;
          ASSERT_EQ(sum, it->second) << "bucket " << address << ", RAM latency " << n + 1;
        }
      }
    }
    bench_->in_valid_i = 0;
    bench_->in_take_i = 0;
    EXPECT_THAT(answered, ::testing::Each(kBuckets));
    num_nonempty_ = expected.size();
  }

  // Runs items twice in a row, since taking must leave all buckets empty. Returns the least items per cycle.
  double check(
      const std::vector<Item>& items, const std::function<bool()>& stall = [] { return false; }) {
    double least = 1;
    for (int repeat = 0; repeat < 2; ++repeat) {
      const std::vector<Trace> runs = feed(items, stall);
      expect_sums(items);
      for (const Trace& run : runs) {
        EXPECT_EQ(run.issued, items.size() - num_nonempty_);  // each pair makes one item of two
        least = std::min(least, static_cast<double>(items.size()) / static_cast<double>(run.last - run.first + 1));
      }
    }
    return least;
  }

  std::uint64_t value() { return random_(); }

  Testbench<Vpark_pair_bench> bench_;

 private:
  void set(std::size_t n, const Item& item) {
    const std::size_t shift = 16 * (n % 2);
    auto& word = bench_->in_address_i[n / 2];
    word = (word & ~(0xffffU << shift)) | item.address << shift;
    bench_->in_payload_i[2 * n] = static_cast<std::uint32_t>(item.value);
    bench_->in_payload_i[2 * n + 1] = static_cast<std::uint32_t>(item.value >> 32);
  }
  std::size_t num_nonempty_ = 0;
};

TEST_F(ParkPair, RandomDigitsOfOneTwoAndTwentyWindows) {
  wait_until_ready();
  for (const std::uint32_t windows : {1U, 2U, 20U}) {
    std::vector<Item> items;
    for (std::uint32_t i = 0; i < 12'000; ++i) {
      items.push_back({(i % windows) * 128 + static_cast<std::uint32_t>(random_() % 128), value()});
    }
    EXPECT_GE(check(items), 0.99) << windows << " windows";
  }
}

TEST_F(ParkPair, EqualScalars) {
  wait_until_ready();
  for (const std::uint32_t windows : {1U, 2U, 20U}) {
    std::vector<Item> items;
    for (std::uint32_t i = 0; i < 12'000; ++i) {
      items.push_back({(i % windows) * 128 + 5 * (i % windows), value()});
    }
    EXPECT_GE(check(items), 0.99) << windows << " windows";
  }
}

// Fills m buckets, then hits them all again, then m others: pairs of both streams come in long runs.
TEST_F(ParkPair, RunsOfFullBuckets) {
  wait_until_ready();
  for (const std::uint32_t m :
       {3U, static_cast<std::uint32_t>(kAddLatency / 2), static_cast<std::uint32_t>(kAddLatency)}) {
    std::vector<Item> items;
    for (std::uint32_t round = 0; round < 40; ++round) {
      for (const std::uint32_t base : {0U, 0U, 1000U, 1000U}) {
        for (std::uint32_t i = 0; i < m; ++i) {
          items.push_back({base + i, value()});
        }
      }
    }
    EXPECT_GE(check(items), 0.99) << "runs of " << m;
  }
}

// One or two buckets, with pauses: new items and sums meet in every order and at every distance.
TEST_F(ParkPair, FewBucketsWithPauses) {
  wait_until_ready();
  for (const std::uint32_t buckets : {1U, 2U, 5U}) {
    for (const unsigned percent : {0U, 30U, 90U, 99U}) {
      std::vector<Item> items;
      for (int i = 0; i < 1500; ++i) {
        items.push_back({static_cast<std::uint32_t>(random_() % buckets) * 1021, value()});
      }
      check(items, [&] { return random_() % 100 < percent; });
    }
  }
}

TEST_F(ParkPair, NothingAndOneItem) {
  wait_until_ready();
  check({});
  check({{4095, 7}});
}

TEST_F(ParkPair, ResetInMidRunForgetsEverything) {
  wait_until_ready();
  std::vector<Item> items;
  for (int i = 0; i < 3000; ++i) {
    items.push_back({static_cast<std::uint32_t>(random_() % 4096), value()});
  }
  for (int i = 0; i < 700; ++i) {  // part of them, and no waiting
    bench_->in_valid_i = (1 << kNum) - 1;
    for (std::size_t n = 0; n < kNum; ++n) {
      bench_->in_payload_i[2 * n] = 1;
    }
    bench_.tick();
  }
  bench_.reset();
  wait_until_ready();
  expect_sums({});
  check(items);
}

}  // namespace
}  // namespace proofcard::rtl
