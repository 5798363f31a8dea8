// Spreads tasks over the lanes of several cards, and moves those of a card that fails to the others.
//
// A lane is one place where a job can be: two a compute unit, so that copies of one job overlap with the other's
// computing. Lanes take the next task when they are free, those of the first slot first. A card that takes no tasks for the
// time being is left alone, and waited for when there is no other. Knows no kernel.
// Errors:  any error that is not a card's end stops everything and is returned. When no card is left: kDeviceFault
//          naming each card and why it ended.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/device/session/session.hpp"

namespace proofcard::device {

constexpr std::uint32_t kSlotsPerUnit = 2;

struct Lane {
  std::size_t card = 0;
  std::uint32_t unit = 0;
  std::uint32_t slot = 0;

  // Of the card's session.
  std::uint32_t session_lane() const { return 1 + unit * kSlotsPerUnit + slot; }
};

// Lanes of units [0, num_units[card]), in the order in which they should be filled: slot by slot, unit by unit, so
// that few tasks reach many cards.
std::vector<Lane> make_lanes(std::span<const std::size_t> num_units);

struct SpreadResult {
  Status status;
  std::uint64_t moved = 0;  // tasks that were begun on a card that failed
};

// What became of a task on a card.
enum class TaskEnd : std::uint8_t { kNone, kDone, kMoved, kStopped };  // kNone: there was none

// The cards of lanes, by number. Threads: any.
class SpreadCards {
 public:
  virtual ~SpreadCards() = default;
  // Why a card is out of use; nothing: it is not.
  virtual std::optional<Error> failure(std::size_t card) const = 0;
  // Whether it takes tasks now. Not, and no failure: it may later.
  virtual bool is_open(std::size_t card) const = 0;
  // Of a card that was entered, when a task did not succeed: whether that is the card's end, and the task another's. It may be
  // taken out already, and no failure any more.
  virtual bool has_failed(std::size_t card) const = 0;
  // Before a task; false: it takes none now. Each that was true is followed by leave().
  virtual bool enter(std::size_t card) = 0;
  virtual void leave(std::size_t card, TaskEnd end) = 0;
  // No card is open, and some may be later: returns after a while. Errors: throws CancellationError.
  virtual void wait() = 0;
};

// work: does a task on a lane; called from several threads, once a lane at a time.
SpreadResult spread(std::span<const Lane> lanes, std::size_t num_tasks,
                    const std::function<Status(const Lane& lane, std::size_t task)>& work, SpreadCards& cards);
// On cards that take tasks until they fail.
SpreadResult spread(std::span<const Lane> lanes, std::size_t num_tasks,
                    const std::function<Status(const Lane& lane, std::size_t task)>& work,
                    const std::function<std::optional<Error>(std::size_t card)>& failure);

}  // namespace proofcard::device
