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

// Fills lookup_rows and the column of multiplicities of an assignment whose other columns and public tensors are there.
// `values`: by tensor, in true layout; read for lookup columns that are not whole tensors.
// Errors: kBadInput naming a lookup whose tuple is not a row of its table.
Status fill_lookups(const circuit::Circuit& circuit, const circuit::Layout& layout, const TableColumns& tables,
                    std::span<const IntSpan> values, circuit::Assignment& assignment);

}  // namespace proofcard::compile
