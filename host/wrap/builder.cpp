#include "host/wrap/builder.hpp"

#include <algorithm>

#include "host/base/check.hpp"

namespace proofcard::wrap {

Builder::Builder(Keep keep, std::uint32_t num_public) : keep_(keep), values_(std::size_t{1} + num_public) {
  values_[0] = Fr::one();
  system_.num_public = num_public;
  system_.num_wires = 1 + num_public;
}

Wire Builder::wire(const Fr& value) {
  const std::uint32_t index = system_.num_wires++;
  values_.push_back(value);
  return {this, value, keeps_constraints() ? Form::variable(index) : Form()};
}

Wire Builder::public_wire(std::uint32_t i, const Fr& value) {
  PROOFCARD_CHECK(i < system_.num_public);
  values_[1 + i] = value;
  return {this, value, keeps_constraints() ? Form::variable(1 + i) : Form()};
}

Wire Builder::wire_of(const Wire& form) {
  const Wire out = wire(form.value());
  require_zero(form - out);
  return out;
}

Wire Builder::product(const Wire& a, const Wire& b) {
  const Wire out = wire(a.value() * b.value());
  require_product(a, b, out);
  return out;
}

Wire Builder::inverse(const Wire& a) {
  const Wire out = wire(a.value().inverse());
  require_product(a, out, Fr::one());
  return out;
}

void Builder::require_product(const Wire& a, const Wire& b, const Wire& c) {
  if (a.value() * b.value() != c.value() && !violation_) {
    violation_ = std::string(parts_[part_].part);
  }
  ++num_constraints_;
  ++parts_[part_].num_constraints;
  if (keeps_constraints()) {
    system_.add(a.form(), b.form(), c.form());
  }
}

std::string_view Builder::begin_part(std::string_view part) {
  const std::string_view before = parts_[part_].part;
  const auto found = std::ranges::find(parts_, part, &PartCount::part);
  part_ = static_cast<std::size_t>(found - parts_.begin());
  if (found == parts_.end()) {
    parts_.push_back({part, 0});
  }
  return before;
}

ConstraintSystem Builder::take_system() {
  PROOFCARD_CHECK(keeps_constraints());
  return std::move(system_);
}

}  // namespace proofcard::wrap
