#include "host/base/background.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <stop_token>

namespace proofcard {
namespace {

TEST(Background, TakesStepsUntilThereAreNone) {
  std::atomic<int> left = 1000;
  std::atomic<int> taken = 0;
  Background background([&] {
    if (left == 0) {
      return false;
    }
    --left;
    ++taken;
    return true;
  });
  background.wake();
  while (left != 0) {
  }
  background.stop();
  EXPECT_EQ(taken, 1000);
}

TEST(Background, WorkThatComesDuringAStepIsTaken) {
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> work = 0;
    Background background([&] {
      int found = work;
      return found > 0 && work.compare_exchange_strong(found, found - 1);
    });
    for (int i = 0; i < 20; ++i) {
      ++work;
      background.wake();
    }
    while (work != 0) {  // ends only when no call of wake() was lost
    }
    background.stop();
  }
}

TEST(Background, WhatMayStopItsMakerMayStopItsSteps) {
  std::stop_source source;
  const std::stop_token token = source.get_token();
  const CancellationScope scope(&token);
  Background background([] {
    throw_if_cancelled();
    return true;
  });
  background.wake();
  source.request_stop();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  EXPECT_THROW(
      while (std::chrono::steady_clock::now() < until) { background.wake(); }, CancellationError);
}

TEST(Background, NothingBeginsAfterStop) {
  std::atomic<int> taken = 0;
  Background background([&] {
    ++taken;
    return true;
  });
  background.wake();
  while (taken == 0) {
  }
  background.stop();
  const int before = taken;
  background.wake();
  EXPECT_EQ(taken, before);
}

TEST(Background, WhatAStepThrowsIsThrownByWhoeverAsksNext) {
  std::atomic<bool> began = false;
  Background background([&]() -> bool {
    began = true;
    throw std::runtime_error("memory ran out");
  });
  background.wake();
  while (!began) {
  }
  EXPECT_THROW(background.stop(), std::runtime_error);
  EXPECT_THROW(background.wake(), std::runtime_error);
}

TEST(Background, NeverWokenEndsAtOnce) {
  const Background background([] { return true; });
}

}  // namespace
}  // namespace proofcard
