// A rank-1 constraint system as the builder records it, and its files in the formats of circom.
//
// Shape:   wire 0 is the constant 1, wires 1 .. num_public are public, the others private. Constraint i says
//          <A_i, w> <B_i, w> = <C_i, w>; row 3 i + k of the terms is A_i, B_i, C_i for k = 0, 1, 2, ascending by wire, without
//          coefficients that are 0.
// Source:  iden3/r1csfile, doc/r1cs_bin_format.md (.r1cs, version 1); .wtns, version 2, as host/groth16 reads them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/field/fr.hpp"
#include "host/transcript/value.hpp"

namespace proofcard::wrap {

// An affine form over wires; its constant is the coefficient of wire 0.
using Form = Value;

struct Term {
  std::uint32_t wire = 0;
  Fr coefficient;
  bool operator==(const Term&) const = default;
};

struct ConstraintSystem {
  std::uint32_t num_wires = 1;
  std::uint32_t num_public = 0;
  std::vector<std::size_t> starts{0};
  std::vector<Term> terms;

  std::size_t num_constraints() const { return (starts.size() - 1) / 3; }
  std::size_t num_terms() const { return terms.size(); }
  // matrix: 0, 1, 2 for A, B, C.
  std::span<const Term> row(std::size_t constraint, std::size_t matrix) const {
    const std::size_t r = 3 * constraint + matrix;
    return std::span(terms).subspan(starts[r], starts[r + 1] - starts[r]);
  }
  void add(const Form& a, const Form& b, const Form& c);

  // The first constraint that values of all wires do not satisfy. Pre: values.size() == num_wires.
  std::optional<std::size_t> first_violated(std::span<const Fr> values) const;
  bool satisfied(std::size_t constraint, std::span<const Fr> values) const;
  bool operator==(const ConstraintSystem&) const = default;
};

Bytes r1cs_bytes(const ConstraintSystem& system);
// values: of all wires, the constant 1 first.
Bytes witness_bytes(std::span<const Fr> values);

}  // namespace proofcard::wrap
