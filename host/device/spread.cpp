#include "host/device/spread.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace proofcard::device {
namespace {

class Spreader {
 public:
  Spreader(const std::function<Status(const Lane&, std::size_t)>& work,
           const std::function<std::optional<Error>(std::size_t)>& failure, std::size_t num_tasks)
      : work_(work), failure_(failure) {
    for (std::size_t i = 0; i < num_tasks; ++i) {
      tasks_.push_back(i);
    }
  }

  SpreadResult run(std::span<const Lane> lanes) {
    // A round ends when nothing is left to begin; tasks of cards that failed in it are for the next.
    while (!tasks_.empty() && !error_) {
      std::vector<Lane> live;
      for (const Lane& lane : lanes) {
        if (!failure_(lane.card) && live.size() < tasks_.size()) {
          live.push_back(lane);
        }
      }
      if (live.empty()) {
        return {no_card_left(lanes), moved_};
      }
      std::vector<std::jthread> threads;
      for (std::size_t i = 1; i < live.size(); ++i) {
        threads.emplace_back([this, &lane = live[i]] { follow(lane); });
      }
      follow(live[0]);
    }
    return {error_ ? Status(*error_) : Status(), moved_};
  }

 private:
  void follow(const Lane& lane) {
    while (const auto task = take()) {
      const Status status = work_(lane, *task);
      if (status.ok()) {
        continue;
      }
      const std::lock_guard lock(mutex_);
      if (failure_(lane.card)) {
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

  Error no_card_left(std::span<const Lane> lanes) const {
    std::set<std::size_t> cards;
    for (const Lane& lane : lanes) {
      cards.insert(lane.card);
    }
    if (cards.size() == 1) {
      return *failure_(*cards.begin());
    }
    std::string reasons;
    for (const std::size_t card : cards) {
      reasons += (reasons.empty() ? "" : "; ") + failure_(card)->message();
    }
    return make_error(ErrorKind::kDeviceFault, "cards", "none is left: {}", reasons);
  }

  const std::function<Status(const Lane&, std::size_t)>& work_;
  const std::function<std::optional<Error>(std::size_t)>& failure_;
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

SpreadResult spread(std::span<const Lane> lanes, std::size_t num_tasks,
                    const std::function<Status(const Lane&, std::size_t)>& work,
                    const std::function<std::optional<Error>(std::size_t)>& failure) {
  return Spreader(work, failure, num_tasks).run(lanes);
}

}  // namespace proofcard::device
