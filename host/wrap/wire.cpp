#include "host/wrap/wire.hpp"

#include "host/wrap/builder.hpp"

namespace proofcard::wrap {

bool Wire::keeps_forms() const { return builder_ != nullptr && builder_->keeps_constraints(); }

Wire& Wire::operator+=(const Wire& o) {
  if (builder_ == nullptr && o.builder_ != nullptr) {
    const Fr constant = value_;
    *this = o;
    return *this += constant;
  }
  value_ += o.value_;
  if (keeps_forms()) {
    o.is_constant() ? form_ += Form(o.value_) : form_ += o.form_;
  }
  return *this;
}

Wire& Wire::operator-=(const Wire& o) {
  if (builder_ == nullptr && o.builder_ != nullptr) {
    return *this += o.scaled(-Fr::one());
  }
  value_ -= o.value_;
  if (keeps_forms()) {
    o.is_constant() ? form_ -= Form(o.value_) : form_ -= o.form_;
  }
  return *this;
}

Wire Wire::scaled(const Fr& k) const { return {builder_, value_ * k, keeps_forms() ? form_ * k : Form()}; }

Wire Wire::operator*(const Wire& o) const {
  if (o.is_constant()) {
    return scaled(o.value_);
  }
  if (is_constant()) {
    return o.scaled(value_);
  }
  return builder_->product(*this, o);
}

}  // namespace proofcard::wrap
