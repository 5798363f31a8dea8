// A prover's assignment with values changed, for tests that play the malicious prover.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/circuit/assignment.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {

// Where a value of a tensor stands.
struct Place {
  std::uint32_t tensor = 0;
  std::size_t index = 0;  // in the padded tensor
  bool is_padding = false;
};

// The first and last true element of the tensor, and for every axis with padding the first and last cell that lies in
// the padding of that axis alone, and the last cell of the padded tensor when it is padding.
std::vector<Place> places(const circuit::Circuit& circuit, std::uint32_t tensor);

// The value there.
std::int64_t value_at(const Model& model, const Place& place);

// Puts another value there. Does nothing and returns false when the type of the tensor does not hold it.
bool set_value(const Model& model, circuit::Assignment& assignment, const Place& place, std::int64_t value);

// Sets lookup_rows and multiplicities to what the tensors' values ask for: the best that a cheating prover can do.
// Tuples that are no row of their table keep their row.
void repair_lookups(const Model& model, circuit::Assignment& assignment);

// What the integer checker finds wrong with the assignment, if anything.
std::optional<std::string> find_violation(const Model& model, const circuit::Assignment& assignment);

// Adds delta to a multiplicity.
void add_to_multiplicity(const Model& model, circuit::Assignment& assignment, std::uint32_t table, std::size_t row,
                         std::int64_t delta);

// Proves this assignment instead of the model's own.
Result<Bytes> prove_assignment(const Model& model, const circuit::Assignment& assignment);

}  // namespace proofcard::testing
