// Value: what a verifier knows of a quantity, an affine combination of the prover's messages.
//
// In plain mode a message is sent in the clear and a Value is a constant. In zero-knowledge mode a message is committed and
// its Value is a variable; the verifier's arithmetic then builds the constraints that are proved over the commitments. The
// verifier's code is the same: it adds Values, scales them by challenges, and states products through its channel.
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
    constant_ += o.constant_;
    terms_.insert(terms_.end(), o.terms_.begin(), o.terms_.end());
    return *this;
  }
  Value& operator-=(const Value& o) { return *this += o * -Fr::one(); }
  Value operator+(const Value& o) const { return Value(*this) += o; }
  Value operator-(const Value& o) const { return Value(*this) -= o; }
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
  Fr constant_;
  std::vector<std::pair<std::uint32_t, Fr>> terms_;  // (message, coefficient); a message may occur more than once
};

}  // namespace proofcard
