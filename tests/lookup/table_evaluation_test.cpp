// Closed forms of table columns against their rows.
#include "host/lookup/table_evaluation.hpp"

#include <gtest/gtest.h>

#include "host/circuit/layout.hpp"
#include "host/lookup/leaves.hpp"
#include "host/poly/multilinear.hpp"
#include "tests/support/random.hpp"

namespace proofcard::lookup {
namespace {

circuit::Table clamp_table(std::int64_t lo, std::uint32_t rows, std::int64_t out_lo, std::int64_t out_hi) {
  circuit::Table table{circuit::TableKind::kFunction, lo, rows, {}};
  table.function = {tensor::Function::kClamp, 1.0, 1.0, {}, lo, rows, out_lo, out_hi};
  return table;
}

// Of all kinds without tensors, with padding and without.
std::vector<circuit::Table> formula_tables() {
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
  return tables;
}

TEST(TableEvaluation, EqualsTheExtensionOfTheRows) {
  testing::Random random(3);
  for (const circuit::Table& table : formula_tables()) {
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

// Against the formula, row by row; longer than what one thread takes at a time, too.
TEST(TableEvaluation, DenominatorsAreFoldedRows) {
  testing::Random random(5);
  std::vector<circuit::Table> tables = formula_tables();
  circuit::Table steep = clamp_table(-1500, 3000, -5000, 5000);
  steep.function.out_scale = 0.25;  // rows differ by more than 1
  tables.push_back(steep);
  for (const circuit::Table& table : tables) {
    const FoldChallenges challenges{random.fr(), random.fr()};
    const std::vector<Fr> found = table_denominators(table, 7, challenges);
    ASSERT_EQ(found.size(), std::size_t{1} << circuit::log_table_size(table));
    std::vector<std::vector<std::int64_t>> columns;
    for (std::size_t c = 0; c < circuit::tuple_width(table); ++c) {
      columns.push_back(circuit::table_column(table, c));
    }
    for (std::size_t row = 0; row < found.size(); ++row) {
      Fr expected = challenges.alpha - Fr::from_u64(7);
      Fr power = challenges.gamma;
      for (const std::vector<std::int64_t>& column : columns) {
        expected -= power * Fr::from_i64(column[row]);
        power *= challenges.gamma;
      }
      ASSERT_EQ(found[row], expected) << "kind " << static_cast<int>(table.kind) << " lo " << table.lo << " row "
                                      << row;
    }
  }
}

// Indices go on into the padding, which has a number of its own.
TEST(TableEvaluation, TablesOfTensors) {
  testing::Random random(4);
  circuit::Circuit c;
  c.tables.resize(4, {circuit::TableKind::kRange, 0, 2, {}});
  circuit::Table& table = c.tables[2] = {circuit::TableKind::kTensors, 0, 0, {}, {0, 1}, {3, 1, 5}};
  const std::vector<Fr> point = random.frs(circuit::log_table_size(table));
  ASSERT_EQ(point.size(), 5U);
  std::vector<std::vector<std::int64_t>> indices(3);
  std::vector<std::int64_t> is_true, number;
  for (std::int64_t row = 0; row < 32; ++row) {
    indices[0].push_back(row / 8);
    indices[1].push_back(0);
    indices[2].push_back(row % 8);
    is_true.push_back(row / 8 < 3 && row % 8 < 5 ? 1 : 0);
    number.push_back(is_true.back() == 1 ? 2 : 4);
  }
  const std::vector<Fr> columns = table_columns_at(table, point);
  ASSERT_EQ(columns.size(), 3U);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    EXPECT_EQ(columns[axis], poly::evaluate(std::span<const std::int64_t>(indices[axis]), point)) << axis;
  }
  EXPECT_EQ(true_indices_at(table.dims, point), poly::evaluate(std::span<const std::int64_t>(is_true), point));
  EXPECT_EQ(table_number_at(c, 2, point), poly::evaluate(std::span<const std::int64_t>(number), point));
  EXPECT_EQ(table_number_at(c, 1, std::span(point).first(1)), Fr::one());
}

}  // namespace
}  // namespace proofcard::lookup
