// Rows of tables, kept between their uses: checking a circuit's bounds, proving and verifying all ask for the same
// rows, and rows that need many digits cost 20 us each (table.hpp).
//
// Memory:  the most recently used kMaxCachedRows rows stay until the process ends. Tables are part of a circuit, which
//          is public. Safe to call from several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "host/tensor/table.hpp"

namespace proofcard::tensor {

inline constexpr std::size_t kMaxCachedRows = std::size_t{1} << 20;

// table_rows(spec), with its preconditions.
std::shared_ptr<const std::vector<std::int64_t>> cached_table_rows(const TableSpec& spec);

}  // namespace proofcard::tensor
