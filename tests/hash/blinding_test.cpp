// Blinding factors depend on the key, the label and the index, and keys on all that they are made from.
#include "host/hash/blinding.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/base/parallel.hpp"

namespace proofcard::hash {
namespace {

// All different, and none of them small.
void expect_distinct(const std::vector<Fr>& factors) {
  for (std::size_t i = 0; i < factors.size(); ++i) {
    EXPECT_EQ(std::ranges::count(factors, factors[i]), 1) << i;
    EXPECT_FALSE(detail::less(factors[i].canonical(), U256{0, 0, 1, 0})) << i << ": less than 128 bits";
  }
}

TEST(Blinding, EveryPartOfASeededKeyCounts) {
  const Bytes context{1, 2, 3}, other{1, 2, 4};
  std::vector<Fr> factors;
  for (const std::uint64_t seed : {0, 1, 2}) {
    for (const Bytes& c : {context, other, Bytes{}}) {
      const BlindingSource source = BlindingSource::from_seed(seed, c);
      for (const std::string_view label : {"message", "messagf", "column", ""}) {
        for (const std::uint64_t index : {0, 1, 2}) {
          factors.push_back(source.get(label, index));
        }
        factors.push_back(source.get(label, std::uint64_t{1} << 40));
      }
    }
  }
  expect_distinct(factors);
  EXPECT_EQ(BlindingSource::from_seed(1, other).get("column", 2), BlindingSource::from_seed(1, other).get("column", 2));
}

TEST(Blinding, AllAreWhatEachIs) {
  const BlindingSource source = BlindingSource::from_seed(1, {});
  const BlindingSource function =
      BlindingSource::from_function([](std::string_view, std::uint64_t index) { return Fr::from_u64(index); });
  for (std::size_t n = 0; n <= 20; ++n) {
    std::vector<std::uint64_t> indices;
    std::vector<Fr> expected, numbers;
    for (std::size_t i = 0; i < n; ++i) {
      indices.push_back((std::uint64_t{n} << 40) + 3 * i);
      expected.push_back(source.get("column", indices.back()));
      numbers.push_back(Fr::from_u64(indices.back()));
    }
    EXPECT_EQ(source.get_all("column", indices), expected) << n;
    EXPECT_EQ(function.get_all("column", indices), numbers) << n;
  }
}

TEST(Blinding, ManyAreAsGoodAsSingleOnes) {
  const BlindingSource source = BlindingSource::from_seed(1, {});
  std::vector<Fr> factors;
  for (const std::string_view label : {"message", "column"}) {
    const std::vector<Fr> many = source.many(label, 600);
    ASSERT_EQ(many.size(), 600U);
    factors.insert(factors.end(), many.begin(), many.end());
    for (const std::uint64_t index : {0, 1, 2, 256}) {
      factors.push_back(source.get(label, index));
    }
  }
  expect_distinct(factors);
  const std::size_t threads = num_threads();
  set_num_threads(3);
  EXPECT_EQ(source.many("message", 600), std::vector<Fr>(factors.begin(), factors.begin() + 600));
  EXPECT_EQ(source.many("message", 257), std::vector<Fr>(factors.begin(), factors.begin() + 257));
  set_num_threads(threads);
  EXPECT_TRUE(source.many("message", 0).empty());
  BlindingKey key{};
  key[31] = 1;
  EXPECT_EQ(BlindingSource::from_key(key).many("message", 3), BlindingSource::from_key(key).many("message", 3));
  EXPECT_NE(BlindingSource::from_key(key).many("message", 3),
            BlindingSource::from_key(BlindingKey{}).many("message", 3));
}

TEST(Blinding, KeysOfTheSystemDiffer) {
  std::vector<Fr> factors;
  for (int i = 0; i < 4; ++i) {
    const auto source = BlindingSource::from_system();
    ASSERT_TRUE(source.ok()) << source.error().message();
    factors.push_back(source->get("message", 0));
  }
  expect_distinct(factors);
}

}  // namespace
}  // namespace proofcard::hash
