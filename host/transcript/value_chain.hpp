// A Value that the rounds of a sumcheck replace by a multiple of itself plus new messages, multiplied out once at the
// end: doing it round by round would scale the terms of all earlier rounds in each round.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "host/transcript/value.hpp"

namespace proofcard {

class ValueChain {
 public:
  void scale(const Fr& k) { scales_.push_back(k); }
  void add(Value v, const Fr& k = Fr::one()) { items_.push_back({std::move(v), k, scales_.size()}); }

  // What adding and scaling one after the other would have given.
  Value value() const {
    // behind[i]: product of the scales from number i on.
    std::vector<Fr> behind(scales_.size() + 1, Fr::one());
    for (std::size_t i = scales_.size(); i-- > 0;) {
      behind[i] = behind[i + 1] * scales_[i];
    }
    Value out;
    for (const Item& item : items_) {
      out.add_scaled(item.value, item.factor * behind[item.num_scales]);
    }
    return out;
  }

 private:
  struct Item {
    Value value;
    Fr factor;
    std::size_t num_scales;  // that came before it
  };

  std::vector<Fr> scales_;
  std::vector<Item> items_;
};

}  // namespace proofcard
