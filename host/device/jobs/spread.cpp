#include "host/device/jobs/spread.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace proofcard::device {
namespace {

using Work = std::function<Status(const Lane&, std::size_t)>;
using Failure = std::function<std::optional<Error>(std::size_t)>;

class UntilTheyFail final : public SpreadCards {
 public:
  explicit UntilTheyFail(const Failure& failure) : failure_(failure) {}
  std::optional<Error> failure(std::size_t card) const override { return failure_(card); }
  bool is_open(std::size_t card) const override { return !failure_(card); }
  bool has_failed(std::size_t card) const override { return failure_(card).has_value(); }
  bool enter(std::size_t card) override { return !failure_(card); }
  void leave(std::size_t, TaskEnd) override {}
  void wait() override {}

 private:
  const Failure& failure_;
};

// A card that was entered.
class Entered {
 public:
  Entered(SpreadCards& cards, std::size_t card) : cards_(cards), card_(card) {}
  ~Entered() { cards_.leave(card_, end); }
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;
  TaskEnd end = TaskEnd::kNone;

 private:
  SpreadCards& cards_;
  std::size_t card_;
};

class Spreader {
 public:
  Spreader(const Work& work, SpreadCards& cards, std::size_t num_tasks) : work_(work), cards_(cards) {
    for (std::size_t i = 0; i < num_tasks; ++i) {
      tasks_.push_back(i);
    }
  }

  SpreadResult run(std::span<const Lane> lanes) {
    // A round ends when nothing is left to begin, or no card takes more; what is left then is for the next.
    while (!tasks_.empty() && !error_) {
      std::vector<Lane> open;
      bool is_one_left = false;
      for (const Lane& lane : lanes) {
        is_one_left |= !cards_.failure(lane.card);
        if (open.size() < tasks_.size() && cards_.is_open(lane.card)) {
          open.push_back(lane);
        }
      }
      if (open.empty()) {
        if (!is_one_left) {
          if (auto error = no_card_left(lanes)) {
            return {*error, moved_};
          }
        } else {
          cards_.wait();
        }
        continue;
      }
      std::vector<std::jthread> threads;
      for (std::size_t i = 1; i < open.size(); ++i) {
        threads.emplace_back([this, &lane = open[i]] { follow(lane); });
      }
      follow(open[0]);
    }
    return {error_ ? Status(*error_) : Status(), moved_};
  }

 private:
  void follow(const Lane& lane) {
    while (cards_.enter(lane.card)) {
      Entered entered(cards_, lane.card);
      const auto task = take();
      if (!task) {
        return;
      }
      entered.end = TaskEnd::kStopped;
      const Status status = work_(lane, *task);
      if (status.ok()) {
        entered.end = TaskEnd::kDone;
        continue;
      }
      const std::lock_guard lock(mutex_);
      if (cards_.has_failed(lane.card)) {
        entered.end = TaskEnd::kMoved;
        tasks_.push_back(*task);
        ++moved_;
      } else {
        error_ = error_.value_or(status.error());
      }
      return;
    }
  }

  std::optional<std::size_t> take() {
    const std::lock_guard lock(mutex_);
    if (tasks_.empty() || error_) {
      return std::nullopt;
    }
    const std::size_t task = tasks_.front();
    tasks_.pop_front();
    return task;
  }

  // Nothing: one was put back meanwhile.
  std::optional<Error> no_card_left(std::span<const Lane> lanes) const {
    std::map<std::size_t, Error> failed;
    for (const Lane& lane : lanes) {
      const auto failure = cards_.failure(lane.card);
      if (!failure) {
        return std::nullopt;
      }
      failed.try_emplace(lane.card, *failure);
    }
    if (failed.size() == 1) {
      return failed.begin()->second;
    }
    std::string reasons;
    for (const auto& [card, failure] : failed) {
      reasons += (reasons.empty() ? "" : "; ") + failure.message();
    }
    return make_error(ErrorKind::kDeviceFault, "cards", "none is left: {}", reasons);
  }

  const Work& work_;
  SpreadCards& cards_;
  std::mutex mutex_;
  std::deque<std::size_t> tasks_;
  std::optional<Error> error_;
  std::uint64_t moved_ = 0;
};

}  // namespace

std::vector<Lane> make_lanes(std::span<const std::size_t> num_units) {
  std::vector<Lane> out;
  const std::size_t most = num_units.empty() ? 0 : *std::ranges::max_element(num_units);
  for (std::uint32_t slot = 0; slot < kSlotsPerUnit; ++slot) {
    for (std::uint32_t unit = 0; unit < most; ++unit) {
      for (std::size_t card = 0; card < num_units.size(); ++card) {
        if (unit < num_units[card]) {
          out.push_back({card, unit, slot});
        }
      }
    }
  }
  return out;
}

SpreadResult spread(std::span<const Lane> lanes, std::size_t num_tasks, const Work& work, SpreadCards& cards) {
  return Spreader(work, cards, num_tasks).run(lanes);
}

SpreadResult spread(std::span<const Lane> lanes, std::size_t num_tasks, const Work& work, const Failure& failure) {
  UntilTheyFail cards(failure);
  return spread(lanes, num_tasks, work, cards);
}

}  // namespace proofcard::device
