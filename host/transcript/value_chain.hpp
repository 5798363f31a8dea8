// A Value that the rounds of a sumcheck replace by a multiple of itself plus new messages, multiplied out once at the
// end: doing it round by round would scale the terms of all earlier rounds in each round. Where messages are numbers there are no terms,
// and it is done at once.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "host/transcript/value.hpp"

namespace proofcard {

template <class V = Value, class N = Fr>
class ValueChain {
 public:
  void scale(const N& k) { scales_.push_back(k); }
  void add(V v, const N& k = N(Fr::one())) { items_.push_back({std::move(v), k, scales_.size()}); }

  // What adding and scaling one after the other would have given.
  V value() const {
    // behind[i]: product of the scales from number i on.
    std::vector<N> behind(scales_.size() + 1, N(Fr::one()));
    for (std::size_t i = scales_.size(); i-- > 0;) {
      behind[i] = behind[i + 1] * scales_[i];
    }
    V out;
    for (const Item& item : items_) {
      out.add_scaled(item.value, item.factor * behind[item.num_scales]);
    }
    return out;
  }

 private:
  struct Item {
    V value;
    N factor;
    std::size_t num_scales;  // that came before it
  };

  std::vector<N> scales_;
  std::vector<Item> items_;
};

template <class N>
class ValueChain<N, N> {
 public:
  void scale(const N& k) { value_ *= k; }
  void add(const N& v, const N& k = N(Fr::one())) { value_.add_scaled(v, k); }
  N value() const { return value_; }

 private:
  N value_;
};

}  // namespace proofcard
