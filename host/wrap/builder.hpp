// Builder: makes the wires of a circuit, and either records its constraints or keeps the values of wires alone.
//
// Wires:   numbered in the order in which they are made, public ones first (constraint_system.hpp). Both ways of running make
//          the same sequence.
// Values:  are computed in both; while constraints are recorded they may be those of any run, real or not.
// Parts:   constraints are counted by the part of the circuit that they are made for.
// Errors:  none. What is required and does not hold for the values is remembered (violation()).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/wrap/wire.hpp"

namespace proofcard::wrap {

enum class Keep { kConstraints, kValues };

class Builder {
 public:
  explicit Builder(Keep keep, std::uint32_t num_public = 0);
  Builder(const Builder&) = delete;  // wires point to it
  Builder& operator=(const Builder&) = delete;

  bool keeps_constraints() const { return keep_ == Keep::kConstraints; }

  // A new private wire.
  Wire wire(const Fr& value);
  // A wire that stands for a form: one constraint, and shorter forms from here on.
  Wire wire_of(const Wire& form);
  // Public wire number i < num_public, which has this value; each is asked for once.
  Wire public_wire(std::uint32_t i, const Fr& value);

  Wire product(const Wire& a, const Wire& b);
  // 1 / a; requires that a is not 0.
  Wire inverse(const Wire& a);
  void require_zero(const Wire& a) { require_product(a, Fr::one(), Wire()); }
  void require_equal(const Wire& a, const Wire& b) { require_zero(a - b); }
  // a b = c. One constraint.
  void require_product(const Wire& a, const Wire& b, const Wire& c);

  // What the next constraints are for; returns what the former were for. Pre: the name outlives the builder.
  std::string_view begin_part(std::string_view part);
  // Constraints by part, in the order in which parts first came.
  struct PartCount {
    std::string_view part;
    std::size_t num_constraints = 0;
  };
  const std::vector<PartCount>& parts() const { return parts_; }
  std::size_t num_constraints() const { return num_constraints_; }

  // The part of the first requirement that does not hold for the values.
  const std::optional<std::string>& violation() const { return violation_; }
  // Of all wires, the constant 1 first.
  const std::vector<Fr>& values() const { return values_; }
  std::vector<Fr> take_values() { return std::move(values_); }
  // Pre: keeps_constraints().
  ConstraintSystem take_system();

 private:
  Keep keep_;
  std::vector<PartCount> parts_{{"arithmetic", 0}};
  std::size_t part_ = 0;  // of parts_
  std::size_t num_constraints_ = 0;
  std::optional<std::string> violation_;
  std::vector<Fr> values_;
  ConstraintSystem system_;
};

// Counts constraints for a part until it ends.
class Part {
 public:
  Part(Builder& builder, std::string_view part) : builder_(builder), before_(builder.begin_part(part)) {}
  ~Part() { builder_.begin_part(before_); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

 private:
  Builder& builder_;
  std::string_view before_;
};

}  // namespace proofcard::wrap
