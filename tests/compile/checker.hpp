// Checks an assignment against its circuit over the integers, index by index, padding included: slow and obvious.
//
// The rules are those of circuit/access.hpp: a direct group reads the padded tensor at the output's own index;
// everything else (mapped groups, weights, constants, labels shared by two operands) is 0 outside true ranges.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/circuit/access.hpp"
#include "host/circuit/assignment.hpp"

namespace proofcard::compile {

__extension__ typedef __int128 Int128;

class Checker {
 public:
  Checker(const circuit::Circuit& circuit, const circuit::Layout& layout, const circuit::Assignment& assignment);

  // The first relation or lookup that does not hold, if any; only those that read the tensor when one is given.
  std::optional<std::string> find_violation(std::optional<std::uint32_t> tensor = std::nullopt) const;
  // Whether lookup_rows and multiplicities agree with the tuples.
  std::optional<std::string> find_wrong_row() const;

  // The lookup's tuple at every padded index.
  std::vector<std::vector<Int128>> tuples(const circuit::Lookup& lookup) const;

  // By padded index: whether the lookup counts there.
  std::vector<bool> counts(const circuit::Lookup& lookup) const;
  // By padded row: the row of the table, none in the padding.
  std::vector<std::optional<std::vector<Int128>>> rows(std::uint32_t table) const;

  // The padded values, which tests change.
  std::vector<std::vector<std::int64_t>>& tensors() { return tensors_; }

 private:
  // The expression at every padded index of its output.
  std::vector<Int128> evaluate(const circuit::Expression& e, circuit::Standing standing) const;
  Int128 evaluate_term(const circuit::Expression& e, const circuit::Term& term, const circuit::TermAccess& access,
                       const std::vector<std::uint32_t>& out) const;
  Int128 product(const circuit::Expression& e, const circuit::Term& term, const circuit::TermAccess& access,
                 const std::vector<std::uint32_t>& labels) const;
  std::int64_t read(const circuit::Expression& e, const circuit::Operand& operand, const circuit::OperandAccess& access,
                    const std::vector<std::uint32_t>& labels) const;

  const circuit::Circuit& circuit_;
  const circuit::Layout& layout_;
  const circuit::Assignment& assignment_;
  std::vector<std::int64_t> padding_;
  std::vector<std::vector<std::int64_t>> tensors_;
};

}  // namespace proofcard::compile
