// Small circuits of one gadget: made in both ways, and searched for wires that nothing determines.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/wrap/builder.hpp"
#include "tests/support/random.hpp"

namespace proofcard::wrap::testing {

struct Gadget {
  ConstraintSystem system;
  std::vector<Fr> values;
  std::vector<Builder::PartCount> parts;
  std::uint32_t num_given = 1;  // wires up to the gadget's own: the constant and its inputs
  std::optional<std::string> violation;
};

// Inputs as private wires, then what `build` makes of them.
using Build = std::function<void(Builder&, const std::vector<Wire>&)>;

inline Gadget run(Keep keep, const std::vector<Fr>& inputs, const Build& build) {
  Builder builder(keep);
  std::vector<Wire> wires;
  for (const Fr& v : inputs) {
    wires.push_back(builder.wire(v));
  }
  build(builder, wires);
  Gadget out;
  out.num_given = static_cast<std::uint32_t>(1 + inputs.size());
  out.values = builder.values();
  out.parts = builder.parts();
  out.violation = builder.violation();
  if (keep == Keep::kConstraints) {
    out.system = builder.take_system();
  }
  return out;
}

// Recorded, after both ways were seen to make the same.
inline Gadget record(const std::vector<Fr>& inputs, const Build& build) {
  Gadget out = run(Keep::kConstraints, inputs, build);
  const Gadget values = run(Keep::kValues, inputs, build);
  EXPECT_EQ(values.values, out.values);
  EXPECT_EQ(values.violation, out.violation);
  EXPECT_EQ(out.system.num_wires, out.values.size());
  EXPECT_EQ(out.system.first_violated(out.values).has_value(), out.violation.has_value());
  return out;
}

inline std::size_t cost(const std::vector<Fr>& inputs, const Build& build) {
  return record(inputs, build).system.num_constraints();
}

// Wires from `first` on that can change alone without breaking a constraint.
inline std::vector<std::uint32_t> loose_wires(const ConstraintSystem& system, std::vector<Fr> values,
                                              std::uint32_t first) {
  std::vector<std::vector<std::size_t>> uses(system.num_wires);
  for (std::size_t i = 0; i < system.num_constraints(); ++i) {
    for (std::size_t matrix = 0; matrix < 3; ++matrix) {
      for (const Term& term : system.row(i, matrix)) {
        uses[term.wire].push_back(i);
      }
    }
  }
  std::vector<std::uint32_t> out;
  proofcard::testing::Random random(7);
  for (std::uint32_t wire = first; wire < system.num_wires; ++wire) {
    const Fr honest = values[wire];
    bool tight = true;
    for (const Fr& other : {honest + Fr::one(), Fr::one() - honest, random.fr()}) {
      if (other == honest) {
        continue;
      }
      values[wire] = other;
      bool broken = false;
      for (const std::size_t i : uses[wire]) {
        broken = broken || !system.satisfied(i, values);
      }
      tight = tight && broken;
    }
    values[wire] = honest;
    if (!tight) {
      out.push_back(wire);
    }
  }
  return out;
}

// In how many independent directions wires from `first` on can move, all together, so that every constraint still holds to
// first order: 0 where the wires before determine them. Finds what loose_wires() cannot, wires that change consistently.
inline std::size_t free_directions(const ConstraintSystem& system, const std::vector<Fr>& values, std::uint32_t first) {
  const std::size_t n = system.num_wires - first;
  const auto at = [&](std::size_t i, std::size_t matrix) {
    Fr sum;
    for (const Term& term : system.row(i, matrix)) {
      sum += term.coefficient * values[term.wire];
    }
    return sum;
  };
  std::vector<std::vector<Fr>> pivots(n);  // by leading column
  std::size_t rank = 0;
  for (std::size_t i = 0; i < system.num_constraints(); ++i) {
    std::vector<Fr> row(n);
    const Fr factors[3] = {at(i, 1), at(i, 0), -Fr::one()};
    for (std::size_t matrix = 0; matrix < 3; ++matrix) {
      for (const Term& term : system.row(i, matrix)) {
        if (term.wire >= first) {
          row[term.wire - first] += factors[matrix] * term.coefficient;
        }
      }
    }
    for (std::size_t column = 0; column < n; ++column) {
      if (row[column].is_zero()) {
        continue;
      }
      if (pivots[column].empty()) {
        const Fr inverse = row[column].inverse();
        for (Fr& v : row) {
          v *= inverse;
        }
        pivots[column] = std::move(row);
        ++rank;
        break;
      }
      const Fr factor = row[column];
      for (std::size_t k = column; k < n; ++k) {
        row[k] -= factor * pivots[column][k];
      }
    }
  }
  return n - rank;
}

// The inputs determine all other wires.
inline void expect_determined(const Gadget& gadget) {
  EXPECT_EQ(gadget.violation, std::nullopt);
  EXPECT_TRUE(loose_wires(gadget.system, gadget.values, gadget.num_given).empty());
  EXPECT_EQ(free_directions(gadget.system, gadget.values, gadget.num_given), 0U);
}

}  // namespace proofcard::wrap::testing
