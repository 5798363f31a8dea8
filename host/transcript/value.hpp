// Value: what a verifier knows of a quantity, an affine combination of the prover's messages.
//
// In plain mode a message is sent in the clear and a Value is a constant. In zero-knowledge mode a message is committed
// and its Value is a variable; the verifier's arithmetic then builds the constraints that are proved over the
// commitments. The verifier's code is the same: it adds Values, scales them by challenges, and states products through
// its channel.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "host/field/fr.hpp"

namespace proofcard {

class Value {
 public:
  Value() = default;
  Value(const Fr& constant) : constant_(constant) {}  // NOLINT(google-explicit-constructor): a constant is a Value
  // The prover's message number `index`.
  static Value variable(std::uint32_t index) {
    Value v;
    v.terms_.emplace_back(index, Fr::one());
    return v;
  }

  const Fr& constant() const { return constant_; }
  bool is_constant() const { return terms_.empty(); }
  const std::vector<std::pair<std::uint32_t, Fr>>& terms() const { return terms_; }

  Value& operator+=(const Value& o) {
    return merge(o, [](const Fr& c) { return c; });
  }
  Value& operator-=(const Value& o) {
    return merge(o, [](const Fr& c) { return -c; });
  }
  Value& add_scaled(const Value& o, const Fr& k) {
    return merge(o, [&k](const Fr& c) { return c * k; });
  }
  Value operator+(const Value& o) const { return Value(*this) += o; }
  Value operator-(const Value& o) const { return Value(*this) -= o; }
  Value operator-() const { return Value() -= *this; }
  Value operator*(const Fr& k) const {
    Value out;
    out.constant_ = constant_ * k;
    out.terms_.reserve(terms_.size());
    for (const auto& [index, coefficient] : terms_) {
      out.terms_.emplace_back(index, coefficient * k);
    }
    return out;
  }

 private:
  using Term = std::pair<std::uint32_t, Fr>;

  // *this += o with every coefficient mapped. Merges the two sorted lists: a message that comes back (as it does in
  // every round of a sumcheck) stays one term.
  template <class Map>
  Value& merge(const Value& o, Map map) {
    constant_ += map(o.constant_);
    if (terms_.empty() || o.terms_.empty() || terms_.back().first < o.terms_.front().first) {
      for (const Term& t : o.terms_) {
        terms_.emplace_back(t.first, map(t.second));
      }
      return *this;
    }
    std::vector<Term> merged;
    merged.reserve(terms_.size() + o.terms_.size());
    auto a = terms_.begin();
    auto b = o.terms_.begin();
    while (a != terms_.end() || b != o.terms_.end()) {
      if (b == o.terms_.end() || (a != terms_.end() && a->first < b->first)) {
        merged.push_back(*a++);
      } else if (a == terms_.end() || b->first < a->first) {
        merged.emplace_back(b->first, map(b->second));
        ++b;
      } else {
        merged.emplace_back(a->first, a->second + map(b->second));
        ++a;
        ++b;
      }
    }
    terms_ = std::move(merged);
    return *this;
  }

  Fr constant_;
  std::vector<Term> terms_;  // ascending by message, each once
};

}  // namespace proofcard
