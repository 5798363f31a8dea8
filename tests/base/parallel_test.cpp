// Both schedulers: oneTBB's, and under `make tsan` the one that ThreadSanitizer can judge.
#include "host/base/parallel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace proofcard {
namespace {

class Parallel : public ::testing::Test {
 protected:
  void SetUp() override { set_num_threads(4); }
  void TearDown() override { set_num_threads(before_); }

 private:
  std::size_t before_ = num_threads();
};

TEST_F(Parallel, RangesCoverEachIndexOnce) {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    for (const std::size_t grain : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{5000}}) {
      std::vector<int> hits(n);  // not atomic: two threads at one element are a race that ThreadSanitizer reports
      parallel_for(n, grain, [&](std::size_t begin, std::size_t end) {
        ASSERT_LT(begin, end);
        for (std::size_t i = begin; i < end; ++i) {
          ++hits[i];
        }
      });
      EXPECT_EQ(hits, std::vector<int>(n, 1)) << n << " indices, grain " << grain;
    }
  }
}

TEST_F(Parallel, WhatRangesWroteIsSeenAfterwards) {
  std::vector<std::size_t> squares(10'000);
  std::array<std::size_t, 2> sums{};
  parallel_for(squares.size(), 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      squares[i] = i * i;
    }
  });
  const auto sum = [&](std::size_t half) {
    for (std::size_t i = half; i < squares.size(); i += 2) {
      sums[half] += squares[i];
    }
  };
  parallel_invoke([&] { sum(0); }, [&] { sum(1); });
  EXPECT_EQ(sums[0] + sums[1], 333283335000u);
}

TEST_F(Parallel, CallsMayBeNested) {
  std::atomic<std::size_t> count{0};
  parallel_for(20, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      parallel_for(30, 1, [&](std::size_t b, std::size_t e) { count += e - b; });
      parallel_invoke([&] { ++count; }, [&] { ++count; });
    }
  });
  EXPECT_EQ(count, 20u * 32);
}

TEST_F(Parallel, TheFirstOfTwoIsRunByTheCaller) {
  for (int round = 0; round < 100; ++round) {
    std::thread::id first;
    bool second = false;
    parallel_invoke([&] { first = std::this_thread::get_id(); }, [&] { second = true; });
    EXPECT_EQ(first, std::this_thread::get_id());
    EXPECT_TRUE(second);
  }
}

TEST_F(Parallel, WhatOneOfTwoThrowsIsThrownWhenBothAreOver) {
  const auto nothing = [] {};
  const auto fail = [] { throw std::runtime_error("failed"); };
  for (int round = 0; round < 100; ++round) {
    EXPECT_THROW(parallel_invoke(fail, nothing), std::runtime_error);
    EXPECT_THROW(parallel_invoke(nothing, fail), std::runtime_error);
    EXPECT_THROW(parallel_invoke(fail, fail), std::runtime_error);
  }
}

TEST_F(Parallel, AnExceptionReachesTheCaller) {
  const auto fail = [](std::size_t begin, std::size_t) {
    if (begin >= 50) {
      throw std::runtime_error("no");
    }
  };
  EXPECT_THROW(parallel_for(100, 1, fail), std::runtime_error);
  EXPECT_THROW(parallel_invoke([] {}, [] { throw std::runtime_error("no"); }), std::runtime_error);
}

}  // namespace
}  // namespace proofcard
