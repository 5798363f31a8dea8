// The rows that an assignment's lookups hit, and how often each row is hit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/circuit/assignment.hpp"

namespace proofcard::compile {

// All columns of all tables, without padding: [table][column][row]. None of tables of tensors.
using TableColumns = std::vector<std::vector<std::vector<std::int64_t>>>;
TableColumns make_table_columns(const circuit::Circuit& circuit);

// Which input of a batch is meant. For a circuit of one input, `one` is `all`.
struct BatchPlace {
  const circuit::Circuit& all;
  const circuit::Circuit& one;
  const circuit::Layout& layout;  // of `all`
  std::uint32_t input = 0;

  // The padded values of a tensor for this input; of a weight, which is every input's.
  IntSpan tensor(const circuit::Assignment& assignment, std::uint32_t id) const;
};

// Room for the rows of every lookup, and the rows of those inputs that are padding of the batch. Errors: kBadInput naming
// a lookup whose padding is no row of its table.
Status begin_lookups(const BatchPlace& place, const TableColumns& tables, std::span<const std::int64_t> padding,
                     circuit::Assignment& assignment);

// Fills in lookup_rows of these lookups for this input. The assignment has its other columns.
// values: by tensor, of this input in true layout; read for lookup columns that are not whole tensors.
// Errors: kBadInput naming the first lookup with a tuple that is not a row of its table.
Status fill_lookups(const BatchPlace& place, const TableColumns& tables, std::span<const IntSpan> values,
                    std::span<const std::uint32_t> lookups, circuit::Assignment& assignment);

// How often each row of each table is hit, into the column of multiplicities, which is 0 before.
void count_lookups(const circuit::Circuit& circuit, const circuit::Layout& layout,
                   const circuit::Assignment& assignment, IntVector& counts);

}  // namespace proofcard::compile
