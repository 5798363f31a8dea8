// Tasks reach every card, and those of a card that fails reach the others.
#include "host/device/jobs/spread.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace proofcard::device {
namespace {

Error fault(std::size_t card) { return make_error(ErrorKind::kDeviceFault, fmt::format("card {}", card), "broke"); }

struct Cards {
  std::mutex mutex;
  std::map<std::size_t, Error> failed;
  std::function<std::optional<Error>(std::size_t)> failure = [this](std::size_t card) -> std::optional<Error> {
    const std::lock_guard lock(mutex);
    const auto found = failed.find(card);
    return found == failed.end() ? std::nullopt : std::optional(found->second);
  };
  Error fail(std::size_t card) {
    const std::lock_guard lock(mutex);
    return failed.try_emplace(card, fault(card)).first->second;
  }
};

TEST(SpreadTest, LanesFillUnitsBeforeSecondSlots) {
  const std::vector<Lane> lanes = make_lanes(std::array<std::size_t, 2>{1, 2});
  ASSERT_EQ(lanes.size(), 6U);
  const std::array<std::array<std::size_t, 3>, 6> expected{
      {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}}};
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    EXPECT_EQ((std::array<std::size_t, 3>{lanes[i].card, lanes[i].unit, lanes[i].slot}), expected[i]) << i;
  }
}

TEST(SpreadTest, EveryTaskOnceAndEveryLaneUsed) {
  Cards cards;
  const auto lanes = make_lanes(std::array<std::size_t, 2>{2, 1});
  std::vector<std::atomic<int>> done(100);
  std::mutex mutex;
  std::set<std::array<std::size_t, 3>> used;
  const auto result = spread(
      lanes, done.size(),
      [&](const Lane& lane, std::size_t task) -> Status {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ++done[task];
        const std::lock_guard lock(mutex);
        used.insert({lane.card, lane.unit, lane.slot});
        return {};
      },
      cards.failure);
  EXPECT_TRUE(result.status.ok());
  EXPECT_EQ(result.moved, 0U);
  EXPECT_EQ(used.size(), lanes.size());
  for (const auto& count : done) {
    EXPECT_EQ(count, 1);
  }
}

TEST(SpreadTest, TasksOfAFailedCardAreDoneByTheOther) {
  Cards cards;
  std::vector<std::atomic<int>> done(50);
  const auto result = spread(
      make_lanes(std::array<std::size_t, 2>{1, 1}), done.size(),
      [&](const Lane& lane, std::size_t task) -> Status {
        if (lane.card == 1 && task >= 10) {
          return cards.fail(1);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ++done[task];
        return {};
      },
      cards.failure);
  EXPECT_TRUE(result.status.ok());
  EXPECT_GE(result.moved, 1U);
  EXPECT_LE(result.moved, 2U);
  for (const auto& count : done) {
    EXPECT_EQ(count, 1);
  }
}

TEST(SpreadTest, ErrorNamesEveryCardWhenNoneIsLeft) {
  Cards cards;
  const auto result = spread(
      make_lanes(std::array<std::size_t, 3>{1, 1, 1}), 20,
      [&](const Lane& lane, std::size_t) -> Status { return cards.fail(lane.card); }, cards.failure);
  ASSERT_FALSE(result.status.ok());
  EXPECT_EQ(result.status.error().kind, ErrorKind::kDeviceFault);
  for (const char* name : {"card 0: broke", "card 1: broke", "card 2: broke"}) {
    EXPECT_NE(result.status.error().message().find(name), std::string::npos) << result.status.error().message();
  }
}

TEST(SpreadTest, TheOnlyCardsErrorIsReturnedAsItIs) {
  Cards cards;
  const auto result = spread(
      make_lanes(std::array<std::size_t, 1>{2}), 5, [&](const Lane&, std::size_t) -> Status { return cards.fail(0); },
      cards.failure);
  ASSERT_FALSE(result.status.ok());
  EXPECT_EQ(result.status.error().message(), fault(0).message());
}

TEST(SpreadTest, OtherErrorsStopEverything) {
  Cards cards;
  std::atomic<int> begun = 0;
  const auto result = spread(
      make_lanes(std::array<std::size_t, 1>{1}), 1000,
      [&](const Lane&, std::size_t) -> Status {
        ++begun;
        return make_error(ErrorKind::kIo, "memory", "none left");
      },
      cards.failure);
  ASSERT_FALSE(result.status.ok());
  EXPECT_EQ(result.status.error().kind, ErrorKind::kIo);
  EXPECT_LE(begun, 2);
}

// Cards that an operator takes out and puts back.
struct OperatedCards final : SpreadCards {
  mutable std::mutex mutex;
  std::set<std::size_t> out;     // take no tasks
  std::set<std::size_t> broken;  // their sessions are over
  std::function<void()> on_wait;
  std::map<std::size_t, std::map<TaskEnd, int>> ends;
  int inside = 0;

  std::optional<Error> failure(std::size_t card) const override {
    const std::lock_guard lock(mutex);
    return broken.contains(card) && !out.contains(card) ? std::optional(fault(card)) : std::nullopt;
  }
  bool is_open(std::size_t card) const override {
    const std::lock_guard lock(mutex);
    return !out.contains(card) && !broken.contains(card);
  }
  bool has_failed(std::size_t card) const override {
    const std::lock_guard lock(mutex);
    return broken.contains(card);
  }
  bool enter(std::size_t card) override {
    const std::lock_guard lock(mutex);
    const bool open = !out.contains(card) && !broken.contains(card);
    inside += open ? 1 : 0;
    return open;
  }
  void leave(std::size_t card, TaskEnd end) override {
    const std::lock_guard lock(mutex);
    --inside;
    ++ends[card][end];
  }
  void wait() override { on_wait(); }
};

TEST(SpreadTest, ACardThatIsTakenOutBeginsNothingMore) {
  OperatedCards cards;
  std::atomic<int> done = 0;
  const auto result = spread(
      make_lanes(std::array<std::size_t, 2>{1, 1}), 60,
      [&](const Lane& lane, std::size_t) -> Status {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        if (lane.card == 1) {
          const std::lock_guard lock(cards.mutex);
          cards.out.insert(1);
        }
        ++done;
        return {};
      },
      cards);
  EXPECT_TRUE(result.status.ok());
  EXPECT_EQ(done, 60);
  EXPECT_EQ(result.moved, 0U);
  EXPECT_LE(cards.ends[1][TaskEnd::kDone], 2);  // one a lane
  EXPECT_EQ(cards.ends[0][TaskEnd::kDone] + cards.ends[1][TaskEnd::kDone], 60);
  EXPECT_EQ(cards.inside, 0);
}

TEST(SpreadTest, TheOnlyCardIsWaitedFor) {
  OperatedCards cards;
  cards.out = {0};
  int waited = 0;
  cards.on_wait = [&] {
    if (++waited == 3) {
      cards.out.clear();
    }
  };
  std::atomic<int> done = 0;
  const auto work = [&](const Lane&, std::size_t) -> Status {
    ++done;
    return {};
  };
  EXPECT_TRUE(spread(make_lanes(std::array<std::size_t, 1>{1}), 5, work, cards).status.ok());
  EXPECT_EQ(done, 5);
  EXPECT_EQ(waited, 3);
  // One that has failed is not waited for beside one that is out, and none is when all have.
  cards.out = {0};
  cards.broken = {1};
  waited = 0;
  cards.on_wait = [&] {
    ++waited;
    cards.out.clear();
    cards.broken = {0, 1};
  };
  const auto result = spread(make_lanes(std::array<std::size_t, 2>{1, 1}), 5, work, cards);
  ASSERT_FALSE(result.status.ok());
  EXPECT_EQ(waited, 1);
  EXPECT_EQ(done, 5);
  EXPECT_NE(result.status.error().message().find("none is left"), std::string::npos);
}

// It fails, and is taken out to be put back before anybody has looked at the task's end: the task is not lost for that.
TEST(SpreadTest, ATaskOfACardThatIsBeingPutBackIsMoved) {
  OperatedCards cards;
  std::vector<std::atomic<int>> done(20);
  const auto result = spread(
      make_lanes(std::array<std::size_t, 2>{1, 1}), done.size(),
      [&](const Lane& lane, std::size_t task) -> Status {
        if (lane.card == 1) {
          const std::lock_guard lock(cards.mutex);
          cards.broken.insert(1);
          cards.out.insert(1);
          return fault(1);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ++done[task];
        return {};
      },
      cards);
  EXPECT_TRUE(result.status.ok()) << result.status.error().message();
  EXPECT_GE(result.moved, 1U);
  EXPECT_EQ(cards.ends[1][TaskEnd::kMoved], static_cast<int>(result.moved));
  for (const auto& count : done) {
    EXPECT_EQ(count, 1);
  }
}

}  // namespace
}  // namespace proofcard::device
