// Closed forms of table columns against their rows.
#include "host/lookup/table_evaluation.hpp"

#include <gtest/gtest.h>

#include "host/circuit/layout.hpp"
#include "host/poly/multilinear.hpp"
#include "tests/support/random.hpp"

namespace proofcard::lookup {
namespace {

circuit::Table clamp_table(std::int64_t lo, std::uint32_t rows, std::int64_t out_lo, std::int64_t out_hi) {
  circuit::Table table{circuit::TableKind::kFunction, lo, rows, {}};
  table.function = {tensor::Function::kClamp, 1.0, 1.0, {}, lo, rows, out_lo, out_hi};
  return table;
}

TEST(TableEvaluation, EqualsTheExtensionOfTheRows) {
  testing::Random random(3);
  std::vector<circuit::Table> tables;
  for (const auto& [lo, size] : std::vector<std::pair<std::int64_t, std::uint32_t>>{
           {0, 256}, {-128, 256}, {-5, 11}, {0, 1}, {-1, 2}, {-3, 4}, {-100, 101}, {-1000, 2000}, {-64, 65}}) {
    tables.push_back({circuit::TableKind::kRange, lo, size, {}});
    tables.push_back({circuit::TableKind::kSign, lo, size, {}});
    for (const auto& [out_lo, out_hi] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {-128, 127}, {0, 127}, {0, 0}, {-3, 2}, {-5000, 5000}, {200, 300}}) {
      tables.push_back(clamp_table(lo, size, out_lo, out_hi));
    }
  }
  circuit::Table relu6 = clamp_table(-50, 100, 0, 40);
  relu6.function.out_scale = 2.0;  // not the identity on its middle part: from the rows
  tables.push_back(relu6);
  for (const circuit::Table& table : tables) {
    const std::vector<Fr> point = random.frs(circuit::log_table_size(table));
    const std::vector<Fr> columns = table_columns_at(table, point);
    ASSERT_EQ(columns.size(), circuit::tuple_width(table));
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::vector<std::int64_t> rows = circuit::table_column(table, c);
      EXPECT_EQ(columns[c], poly::evaluate(std::span(rows), point))
          << "kind " << static_cast<int>(table.kind) << " lo " << table.lo << " size " << table.size << " column " << c;
    }
  }
}

}  // namespace
}  // namespace proofcard::lookup
