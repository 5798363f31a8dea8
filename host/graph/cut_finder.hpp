// Finds what the ends of one table cut off; blocks of its results may come from several threads. Private to graph.
//
// Values at an end of the table are looked up again without that end, and only they are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "host/base/mutex.hpp"
#include "host/graph/executor.hpp"

namespace proofcard::graph {

class CutFinder {
 public:
  explicit CutFinder(const Lookup& op) : table_(op.table), open_(op.table) {
    if (op.cut) {
      open_.out_lo = op.cut->own_lo;
      open_.out_hi = op.cut->own_hi;
      expected_lo_ = std::min(op.table.out_lo, op.cut->seen_lo);
      expected_hi_ = std::max(op.table.out_hi, op.cut->seen_hi);
      cuts_low_ = open_.out_lo < table_.out_lo;
      cuts_high_ = open_.out_hi > table_.out_hi;
    }
  }

  bool looks() const { return cuts_low_ || cuts_high_; }

  template <class Values>
  void look(const Values& in, std::size_t begin, std::span<const std::int64_t> out) {
    std::uint64_t values = 0;
    double times = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if ((cuts_high_ && out[i] == table_.out_hi) || (cuts_low_ && out[i] == table_.out_lo)) {
        const std::int64_t whole = whole_value(in[begin + i]);
        if (whole != 0) {
          ++values;
          const std::int64_t end = whole > 0 ? expected_hi_ : expected_lo_;
          times = std::max(times, static_cast<double>(whole) / static_cast<double>(end == 0 ? 1 : end));
        }
      }
    }
    if (values > 0) {
      const Lock lock(mutex_);
      found_.values += values;
      found_.times = std::max(found_.times, times);
    }
  }

  void add_to(std::vector<CutOff>& list, std::size_t node) {
    if (found_.values > 0) {
      found_.node = node;
      list.push_back(found_);
    }
  }

 private:
  // What the function gives there without these ends, when it is beyond what is expected; else 0. The argument is rounded,
  // too: whatever the function gives for arguments close by may have been meant.
  std::int64_t whole_value(std::int64_t x) const {
    const std::int64_t steps =
        table_.function == tensor::Function::kClamp ? 2 : 8;  // sums of what is rounded are further off
    std::int64_t least = kNoEnd;
    std::int64_t most = -kNoEnd;
    for (std::int64_t near = x - steps; near <= x + steps; ++near) {
      const std::int64_t value = tensor::table_value(open_, near);
      least = std::min(least, value);
      most = std::max(most, value);
    }
    return least > expected_hi_ + room(expected_hi_) ? least : most < expected_lo_ - room(expected_lo_) ? most : 0;
  }
  // Integers are a little off what the float model gave for the samples.
  static std::int64_t room(std::int64_t end) { return std::max<std::int64_t>(std::abs(end) / 8, 2); }

  const tensor::TableSpec& table_;
  tensor::TableSpec open_;  // without these ends
  std::int64_t expected_lo_ = 0;
  std::int64_t expected_hi_ = 0;
  bool cuts_low_ = false;
  bool cuts_high_ = false;
  Mutex mutex_;
  CutOff found_;
};

}  // namespace proofcard::graph
