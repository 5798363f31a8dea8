// The random instance is the same whether it is made at once or in pieces, and hides with values of its own.
#include "host/zk/random_instance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "host/transcript/hiding_key.hpp"

namespace proofcard::zk {
namespace {

const std::vector<std::uint32_t> kCounts{2, 4, 16, 1, 3, 16, 16, 2, 7};

TEST(BlindFoldRandomInstance, PiecesGiveTheSameAsTheWhole) {
  const hash::BlindingSource source = hash::BlindingSource::from_seed(1, {});
  RandomInstance whole(source);
  whole.complete_rows(kCounts);
  whole.draw_vector(20);
  for (std::size_t first = 0; first <= kCounts.size(); ++first) {
    RandomInstance pieces(source);
    pieces.add_rows(std::span(kCounts).first(first / 2));
    pieces.add_rows(std::span(kCounts).subspan(first / 2, first - first / 2));
    pieces.draw_vector(20);
    pieces.complete_rows(kCounts);
    pieces.draw_vector(20);
    EXPECT_TRUE(std::ranges::equal(pieces.rows(), whole.rows()));
    EXPECT_TRUE(std::ranges::equal(pieces.blindings(), whole.blindings()));
    EXPECT_TRUE(std::ranges::equal(pieces.commitments(), whole.commitments()));
    EXPECT_TRUE(std::ranges::equal(pieces.vector(), whole.vector()));
  }
}

TEST(BlindFoldRandomInstance, RowsAreCommittedAsHiddenRowsAre) {
  const hash::BlindingSource source = hash::BlindingSource::from_seed(2, {});
  RandomInstance random(source);
  random.complete_rows(kCounts);
  ASSERT_EQ(random.commitments().size(), kCounts.size());
  for (std::size_t row = 0; row < kCounts.size(); ++row) {
    curve::G1 expected = scalar_mul(curve::G1(hiding_key().blinding), random.blindings()[row]);
    for (std::size_t j = 0; j < kHiddenRowLen; ++j) {
      const Fr& value = random.rows()[row * kHiddenRowLen + j];
      EXPECT_EQ(value.is_zero(), j >= kCounts[row]) << row << " " << j;
      expected += scalar_mul(curve::G1(hiding_key().columns[j]), value);
    }
    EXPECT_EQ(random.commitments()[row], expected.to_affine()) << row;
  }
}

TEST(BlindFoldRandomInstanceDeathTest, OtherRowsThanThoseThatThereAre) {
  const hash::BlindingSource source = hash::BlindingSource::from_seed(3, {});
  RandomInstance random(source);
  random.add_rows(std::vector<std::uint32_t>{2, 3});
  EXPECT_DEATH(random.complete_rows(kCounts), "");
  random.draw_vector(4);
  EXPECT_DEATH(random.draw_vector(5), "");
}

}  // namespace
}  // namespace proofcard::zk
