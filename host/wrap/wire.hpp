// Wire: a quantity of a circuit, an affine form over the wires of a constraint system together with its value. Code that is
// written over a number type and a value type is recorded as a circuit by running it with Wire for both.
//
// Cost:    sums and products with constants cost nothing, a product of two forms one constraint and one wire.
// Forms:   are kept only while the builder records constraints. Which products are free depends on what is constant, never on
//          values, so a run that keeps values alone makes the same wires in the same order.
// Pre:     wires that meet belong to one builder, which outlives them.
#pragma once

#include "host/wrap/constraint_system.hpp"

namespace proofcard::wrap {

class Builder;

class Wire {
 public:
  Wire() = default;                               // the constant 0
  Wire(const Fr& constant) : value_(constant) {}  // NOLINT(google-explicit-constructor): a constant is a Wire

  const Fr& value() const { return value_; }
  bool is_constant() const { return builder_ == nullptr; }
  // Pre: the builder records constraints, or this is a constant.
  Form form() const { return is_constant() ? Form(value_) : form_; }

  Wire& operator+=(const Wire& o);
  Wire& operator-=(const Wire& o);
  Wire& operator*=(const Wire& o) { return *this = *this * o; }
  Wire operator+(const Wire& o) const { return Wire(*this) += o; }
  Wire operator-(const Wire& o) const { return Wire(*this) -= o; }
  Wire operator-() const { return Wire() -= *this; }
  Wire operator*(const Wire& o) const;
  // Adds o times k.
  Wire& add_scaled(const Wire& o, const Wire& k) { return *this += o * k; }
  Wire square() const { return *this * *this; }
  Wire twice() const { return *this + *this; }

 private:
  friend class Builder;
  Wire(Builder* builder, const Fr& value, Form form) : builder_(builder), value_(value), form_(std::move(form)) {}
  Wire scaled(const Fr& k) const;
  bool keeps_forms() const;

  Builder* builder_ = nullptr;  // none: a constant
  Fr value_;
  Form form_;  // empty for constants, and while no constraints are recorded
};

}  // namespace proofcard::wrap
