// Generators are kept by the process: whatever was asked for before, and by whom, they are those of the one list.
#include <gtest/gtest.h>

#include "host/base/parallel.hpp"
#include "host/curve/hash_to_curve.hpp"
#include "host/pcs/hyrax/commitment.hpp"

namespace proofcard::pcs::hyrax {
namespace {

void expect_of_list(unsigned log_row_len) {
  EXPECT_EQ(derive(log_row_len), curve::derive_generators("proofcard/hyrax/row", 0, std::size_t{1} << log_row_len));
}

TEST(KeptGenerators, AreThoseOfOneListInAnyOrder) {
  for (const unsigned log_row_len : {3U, 0U, 6U, 5U, 6U, 7U, 2U}) {
    expect_of_list(log_row_len);
  }
}

TEST(KeptGenerators, MayBeAskedForByThreadsAtOnce) {
  parallel_for(16, 1, [](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      expect_of_list(static_cast<unsigned>(8 + i % 3));
    }
  });
}

}  // namespace
}  // namespace proofcard::pcs::hyrax
