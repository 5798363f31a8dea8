// The public factor of a term is the multilinear extension of its public weights, whatever labels they are on; claims
// are shared only when tensor and point are the same.
#include "host/relation/plan.hpp"

#include <gtest/gtest.h>

#include "host/poly/multilinear.hpp"
#include "host/relation/claims.hpp"
#include "tests/support/random.hpp"

namespace proofcard::relation {
namespace {

using testing::Random;

// coefficient * prod of weights at each index of [3, 5], padded with zeros to [4, 8], at the point.
Fr by_definition(const tensor::Term& term, std::span<const Fr> point) {
  std::vector<std::int64_t> table(32);
  for (std::uint32_t i = 0; i < 3; ++i) {
    for (std::uint32_t j = 0; j < 5; ++j) {
      std::int64_t value = term.coefficient;
      for (const tensor::LabelWeights& w : term.weights) {
        value *= w.values[w.label == 0 ? i : j];
      }
      table[8 * i + j] = value;
    }
  }
  return poly::evaluate(std::span<const std::int64_t>(table), point);
}

TEST(PublicFactor, IsTheExtensionOfTheWeights) {
  Random random(1);
  const circuit::Circuit circuit;
  const tensor::LabelWeights rows{0, {2, 7, -1}}, columns{1, {3, 0, -5, 11, 4}}, other{1, {1, 2, 3, 4, 5}};
  for (const auto& weights : std::vector<std::vector<tensor::LabelWeights>>{
           {}, {rows}, {columns}, {rows, columns}, {columns, other}, {rows, columns, other}}) {
    const tensor::Expression e{{3, 5}, {}, {{-6, {}, weights}}};
    const TermPlan plan{&e, &e.terms[0], circuit::classify(circuit, {}, e, e.terms[0], circuit::Standing::kRelation),
                        TermKind::kConstant};
    const std::vector<Fr> point = random.frs(5);
    EXPECT_EQ(LabelFactors(plan, point).public_factor(), by_definition(e.terms[0], point)) << weights.size();
  }
}

TEST(Claims, AreFoundByTensorAndPoint) {
  Random random(2);
  const poly::Point p = random.frs(3), q = random.frs(3);
  const std::vector<TensorClaim<Fr>> claims{{1, p, random.fr()}, {2, q, random.fr()}, {1, q, random.fr()}};
  EXPECT_EQ(find_claim(claims, 1, p), &claims[0]);
  EXPECT_EQ(find_claim(claims, 2, q), &claims[1]);
  EXPECT_EQ(find_claim(claims, 1, q), &claims[2]);
  EXPECT_EQ(find_claim(claims, 2, p), nullptr);
  EXPECT_EQ(find_claim(claims, 3, p), nullptr);
}

}  // namespace
}  // namespace proofcard::relation
