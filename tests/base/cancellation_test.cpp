// Computations that are stopped from outside.
#include "host/base/cancellation.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stop_token>
#include <thread>

#include "host/base/parallel.hpp"

namespace proofcard {
namespace {

class CancellationTest : public ::testing::Test {
 protected:
  void SetUp() override { set_num_threads(4); }
  void TearDown() override { set_num_threads(before_); }

 private:
  std::size_t before_ = num_threads();
};

TEST_F(CancellationTest, NothingStopsAThreadWithoutAScope) {
  EXPECT_EQ(current_cancellation(), nullptr);
  throw_if_cancelled();
  std::stop_source source;
  source.request_stop();
  const std::stop_token stop = source.get_token();
  {
    const CancellationScope scope(&stop);
    EXPECT_THROW(throw_if_cancelled(), CancellationError);
    const CancellationScope inner(nullptr);
    throw_if_cancelled();
  }
  EXPECT_EQ(current_cancellation(), nullptr);
}

TEST_F(CancellationTest, ALoopEndsBeforeItIsDone) {
  constexpr std::size_t kRanges = 100'000;
  std::stop_source source;
  const std::stop_token stop = source.get_token();
  const CancellationScope scope(&stop);
  std::atomic<std::size_t> done = 0;
  EXPECT_THROW(parallel_for(kRanges, 1,
                            [&](std::size_t, std::size_t) {
                              if (++done == 10) {
                                source.request_stop();
                              }
                              std::this_thread::sleep_for(std::chrono::microseconds(10));
                            }),
               CancellationError);
  EXPECT_LT(done, kRanges / 2);
  EXPECT_THROW(parallel_for(1, 1, [](std::size_t, std::size_t) {}), CancellationError);
}

TEST_F(CancellationTest, LoopsWithinLoopsKnowOfIt) {
  std::stop_source source;
  const std::stop_token stop = source.get_token();
  const CancellationScope scope(&stop);
  std::atomic<std::size_t> without = 0;
  const auto count = [&](std::size_t, std::size_t) { without += current_cancellation() == &stop ? 0 : 1; };
  parallel_for(64, 1, [&](std::size_t begin, std::size_t end) {
    count(begin, end);
    parallel_for(64, 1, count);
  });
  parallel_invoke([&] { parallel_for(64, 1, count); }, [&] { parallel_for(64, 1, count); });
  EXPECT_EQ(without, 0U);
}

// Two calls at once share the pool and not what stops them.
TEST_F(CancellationTest, StopsOnlyTheCallThatItIsFor) {
  std::atomic<bool> stopped = false;
  std::atomic<std::size_t> finished = 0;
  std::thread other([&] {
    for (int i = 0; i < 200; ++i) {
      parallel_for(64, 1, [&](std::size_t, std::size_t) { throw_if_cancelled(); });
      ++finished;
    }
  });
  std::stop_source source;
  const std::stop_token stop = source.get_token();
  for (int i = 0; i < 200; ++i) {
    const CancellationScope scope(&stop);
    try {
      parallel_for(64, 1, [&](std::size_t, std::size_t) { source.request_stop(); });
    } catch (const CancellationError&) {
      stopped = true;
    }
  }
  other.join();
  EXPECT_TRUE(stopped);
  EXPECT_EQ(finished, 200U);
}

}  // namespace
}  // namespace proofcard
