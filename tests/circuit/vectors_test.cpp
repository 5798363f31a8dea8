// Columns joined to vectors: every slot is there once, aligned to its size, and nothing else is.
#include "host/circuit/vectors.hpp"

#include <gtest/gtest.h>

#include <random>

#include "host/base/bits.hpp"

namespace proofcard::circuit {
namespace {

Column make_column(Column::Owner owner, IntType type, const std::vector<unsigned>& log_sizes) {
  Column column{owner, type, std::vector<std::uint32_t>(log_sizes.size()), pack_slots(log_sizes), 2};
  return column;
}

// Weights of two types, witness, multiplicities; sizes in no order.
Layout some_layout() {
  Layout layout;
  layout.columns.push_back(make_column(Column::Owner::kWeights, IntType::kI8, {3, 6, 3, 0}));
  layout.columns.push_back(make_column(Column::Owner::kWeights, IntType::kI32, {1, 4, 4}));
  layout.columns.push_back(make_column(Column::Owner::kWitness, IntType::kI16, {5, 2}));
  layout.columns.push_back(make_column(Column::Owner::kMultiplicities, IntType::kI64, {7, 7, 1}));
  return layout;
}

TEST(JoinedVectors, HoldEverySlotOnceAlignedToItsSize) {
  const Layout layout = some_layout();
  std::mt19937 random(1);
  std::vector<std::shared_ptr<const IntVector>> columns;
  for (const Column& column : layout.columns) {
    IntVector values(column.type, column.num_values());
    for (std::size_t i = 0; i < column.slots.total; ++i) {
      values.set(i, static_cast<std::int64_t>(random() % 255) - 127);
    }
    columns.push_back(std::make_shared<const IntVector>(std::move(values)));
  }
  const JoinedVectors joined(layout);
  ASSERT_EQ(joined.vectors().size(), 2U);
  EXPECT_TRUE(joined.vectors()[0].is_weights);
  EXPECT_EQ(joined.vectors()[0].type, IntType::kI32);
  EXPECT_EQ(joined.vectors()[1].type, IntType::kI64);
  // 64 + 2 * 16 + 2 * 8 + 2 + 1 and 2 * 128 + 32 + 4 + 2 values.
  EXPECT_EQ(joined.vectors()[0].num_values, 115U);
  EXPECT_EQ(joined.vectors()[0].log_size, 7U);
  EXPECT_EQ(joined.vectors()[1].num_values, 294U);
  EXPECT_EQ(joined.vectors()[1].log_size, 9U);

  std::vector<std::vector<bool>> seen;
  std::vector<IntVector> vectors;
  for (std::size_t v = 0; v < joined.vectors().size(); ++v) {
    vectors.push_back(joined.join(v, columns, joined.vectors()[v].log_size));
    EXPECT_EQ(vectors[v].type(), joined.vectors()[v].type);
    seen.emplace_back(vectors[v].size());
  }
  const std::vector<std::vector<unsigned>> log_sizes = {{3, 6, 3, 0}, {1, 4, 4}, {5, 2}, {7, 7, 1}};
  for (std::uint32_t c = 0; c < columns.size(); ++c) {
    for (std::size_t s = 0; s < log_sizes[c].size(); ++s) {
      const std::size_t size = std::size_t{1} << log_sizes[c][s];
      const JoinedVectors::Place place = joined.place(c, layout.columns[c].slots.offsets[s]);
      EXPECT_EQ(place.vector, c < 2 ? 0U : 1U);
      EXPECT_EQ(place.offset % size, 0U);
      for (std::size_t i = 0; i < size; ++i) {
        EXPECT_EQ(vectors[place.vector][place.offset + i], (*columns[c])[layout.columns[c].slots.offsets[s] + i]);
        EXPECT_FALSE(seen[place.vector][place.offset + i]);
        seen[place.vector][place.offset + i] = true;
      }
    }
  }
  for (std::size_t v = 0; v < vectors.size(); ++v) {
    for (std::size_t i = 0; i < vectors[v].size(); ++i) {
      EXPECT_TRUE(seen[v][i] || vectors[v][i] == 0) << v << ", " << i;
    }
  }
}

TEST(JoinedVectors, AreOfWhatThereIs) {
  Layout layout;
  EXPECT_TRUE(JoinedVectors(layout).vectors().empty());
  layout.columns.push_back(make_column(Column::Owner::kWitness, IntType::kI8, {0}));
  const JoinedVectors joined(layout);
  ASSERT_EQ(joined.vectors().size(), 1U);
  EXPECT_FALSE(joined.vectors()[0].is_weights);
  EXPECT_EQ(joined.vectors()[0].log_size, 0U);
}

}  // namespace
}  // namespace proofcard::circuit
