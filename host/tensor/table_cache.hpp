// Rows of tables, kept between their uses: checking a circuit's bounds, proving and verifying all ask for the same
// rows, and rows that need many digits are expensive (table.hpp).
//
// Memory:  the most recently used tables stay until the process ends, up to kMaxCachedRows rows: as many as the
//          largest circuit that is admitted may have (circuit/validate.cpp), so that none of its tables is computed
//          twice. Tables are part of a circuit, which is public. Safe to call from several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "host/tensor/table.hpp"

namespace proofcard::tensor {

inline constexpr std::size_t kMaxCachedRows = std::size_t{1} << 23;
inline constexpr std::size_t kMaxCachedTables = std::size_t{1} << 11;  // each costs a comparison to find another

// table_rows_within(spec, max_work), with its preconditions; null where that is nothing.
std::shared_ptr<const TableRows> cached_table_within(const TableSpec& spec, std::uint64_t max_work);
// The same without a limit: never null.
std::shared_ptr<const TableRows> cached_table(const TableSpec& spec);

}  // namespace proofcard::tensor
