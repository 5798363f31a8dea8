// N inputs of one model in one proof: the circuit of one input, stated for each of N rows.
//
// Every tensor that is no weight gets a leading axis, the row. Every relation and lookup that reads such a tensor gets a
// leading output label, over which its reads of weights do not move:
//
//     y[i] - sum_j W[i, j] x[j] = 0   becomes   y[b, i] - sum_j W[i, j] x[b, j] = 0 for every row b
//
// A table of weights is every row's. A table of other tensors gets the row as its first index, and every lookup in it the
// number of its own row: what another row has cannot be looked up.
//
// So weights are committed and opened once, and a circuit has as many tensors, relations and lookups as that of one
// input; only sizes grow. A file holds the circuit of one input and N (serialise.cpp), and whoever reads it states it for
// N rows with this function: no key can leave a row out, nor say something else of it than of the others.
//
// Shape: user-visible shapes stay those of one input.
#pragma once

#include <cstdint>

#include "host/base/result.hpp"
#include "host/circuit/circuit.hpp"

namespace proofcard::circuit {

inline constexpr std::uint32_t kMaxBatch = std::uint32_t{1} << 16;

// Pre: `one` has passed validate(), and is of one row. The result has, too; for rows = 1 it is `one`.
// Errors: kBadInput for rows outside [1, kMaxBatch], for committed inputs or outputs, whose commitments would be of all
// rows together, for more row numbers than 2^22, and for a circuit that grows beyond what validate() allows, naming the number of rows.
Result<Circuit> batched(Circuit one, std::uint32_t rows);

// The circuit that batched() was given.
Circuit one_row(Circuit circuit);

}  // namespace proofcard::circuit
