// OpaqueNumber: a field element that nobody can look into: no comparison, no conversion, no bits. What a verifier's code does with it
// cannot depend on its value, so that the same code can be recorded as a circuit. It counts what a circuit would pay for.
#pragma once

#include <cstddef>
#include <optional>

#include "host/field/fr.hpp"
#include "host/transcript/checking_channel.hpp"

namespace proofcard::testing {

class OpaqueNumber {
 public:
  OpaqueNumber() = default;
  explicit OpaqueNumber(const Fr& constant) : value_(constant) {}
  static OpaqueNumber drawn(const Fr& value) {
    OpaqueNumber out(value);
    out.is_constant_ = false;
    return out;
  }

  friend OpaqueNumber operator+(OpaqueNumber a, const OpaqueNumber& b) { return a += b; }
  friend OpaqueNumber operator-(OpaqueNumber a, const OpaqueNumber& b) { return a -= b; }
  friend OpaqueNumber operator*(OpaqueNumber a, const OpaqueNumber& b) { return a *= b; }
  OpaqueNumber operator-() const { return OpaqueNumber() - *this; }
  OpaqueNumber& operator+=(const OpaqueNumber& b) {
    value_ += b.value_;
    is_constant_ = is_constant_ && b.is_constant_;
    return *this;
  }
  OpaqueNumber& operator-=(const OpaqueNumber& b) {
    value_ -= b.value_;
    is_constant_ = is_constant_ && b.is_constant_;
    return *this;
  }
  OpaqueNumber& operator*=(const OpaqueNumber& b) {
    num_products += is_constant_ || b.is_constant_ ? 0 : 1;
    const bool vanishes = (is_constant_ && value_.is_zero()) || (b.is_constant_ && b.value_.is_zero());
    is_constant_ = vanishes || (is_constant_ && b.is_constant_);
    value_ *= b.value_;
    return *this;
  }
  OpaqueNumber& add_scaled(const OpaqueNumber& b, const OpaqueNumber& k) { return *this += b * k; }

  // Of numbers that are no constants, since somebody set it to 0.
  inline static std::size_t num_products = 0;

 private:
  friend class OpaqueChannel;  // and nobody else
  friend class Reveal;

  Fr value_;
  bool is_constant_ = true;
};

// What a test sees of results.
class Reveal {
 public:
  static const Fr& value(const OpaqueNumber& n) { return n.value_; }
  static bool is_constant(const OpaqueNumber& n) { return n.is_constant_; }
};

}  // namespace proofcard::testing
