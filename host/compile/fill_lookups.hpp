// The rows that an assignment's lookups hit, and how often each row is hit.
#pragma once

#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/circuit/assignment.hpp"

namespace proofcard::compile {

// All columns of all tables, without padding: [table][column][row].
using TableColumns = std::vector<std::vector<std::vector<std::int64_t>>>;
TableColumns make_table_columns(const circuit::Circuit& circuit);

// Fills lookup_rows of these lookups and adds them to the counts. The assignment has its other columns; lookup_rows has
// an entry a lookup. values: by tensor, in true layout; read for lookup columns that are not whole tensors.
// counts: the column of multiplicities.
// Errors: kBadInput naming the first lookup with a tuple that is not a row of its table.
Status fill_lookups(const circuit::Circuit& circuit, const circuit::Layout& layout, const TableColumns& tables,
                    std::span<const IntSpan> values, std::span<const std::uint32_t> lookups,
                    circuit::Assignment& assignment, IntVector& counts);

}  // namespace proofcard::compile
