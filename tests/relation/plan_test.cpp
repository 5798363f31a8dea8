// The public factor of a term is the multilinear extension of its public weights, whatever labels they are on; claims
// are shared only where tensor and coordinates are the same.
#include "host/relation/plan.hpp"

#include <gtest/gtest.h>

#include "host/poly/multilinear.hpp"
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

// What a product term sums over its shared labels, from its definition: an output label of 3 and a summed one of 5.
TEST(SumFactor, IsTheExtensionOfWhatSharedLabelsWeigh) {
  Random random(3);
  circuit::Circuit circuit;
  for (int i = 0; i < 2; ++i) {
    circuit::Tensor& t = circuit.tensors.emplace_back();
    t.shape = {3, 5};
  }
  const tensor::LabelWeights rows{0, {2, 7, -1}}, columns{1, {3, 0, -5, 11, 4}};
  for (const auto& weights : std::vector<std::vector<tensor::LabelWeights>>{{}, {rows}, {columns}, {rows, columns}}) {
    const auto operand = [](std::uint32_t t) { return tensor::Operand{t, {{0, 1, 0, {{0, 1}}}, {1, 1, 0, {{1, 1}}}}}; };
    const tensor::Expression e{{3}, {5}, {{1, {operand(0), operand(1)}, weights}}};
    const TermPlan plan{&e, &e.terms[0],
                        circuit::classify(circuit, {0, 0}, e, e.terms[0], circuit::Standing::kRelation),
                        TermKind::kProduct};
    ASSERT_EQ(plan.access.shared_labels, (std::vector<std::uint32_t>{0, 1}));
    const std::vector<Fr> out_point = random.frs(2);
    const std::vector<Fr> sum_point = random.frs(5);  // the last label's variables are the lowest
    LabelFactors factors(plan, out_point);
    factors.set_sum_point(sum_point);
    Fr expected;
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 5; ++j) {
        std::int64_t weight = 1;
        for (const tensor::LabelWeights& w : weights) {
          weight *= w.values[w.label == 0 ? i : j];
        }
        expected += poly::eq_index(out_point, i) * poly::eq_index(sum_point, 8 * i + j) * Fr::from_i64(weight);
      }
    }
    EXPECT_EQ(factors.sum_factor(), expected) << weights.size();
  }
}

// A term that reads tensor `tensor` of one axis by label `label`.
tensor::Term reads(std::uint32_t tensor, std::uint32_t label) { return {1, {{tensor, {{0, 1, 0, {{label, 1}}}}}}, {}}; }

TEST(Claims, AreSharedByTermsThatReadATensorAtTheSameCoordinates) {
  circuit::Circuit circuit;
  for (int i = 0; i < 2; ++i) {
    circuit::Tensor& t = circuit.tensors.emplace_back();
    t.shape = {4};
  }
  // The second label of an output lies lowest: relation 1 reads tensor 0 at the coordinates of relation 0, and at two more.
  circuit.relations.push_back({"a", {{4}, {}, {reads(0, 0), reads(1, 0), reads(0, 0)}}});
  circuit.relations.push_back({"b", {{4, 4}, {}, {reads(0, 1), reads(0, 0), reads(1, 0)}}});
  const Plan plan = make_plan(circuit);
  std::vector<std::pair<std::size_t, bool>> found;
  for (const ExpressionPlan* e : plan.in_order()) {
    for (const TermPlan& term : e->terms) {
      ASSERT_EQ(term.kind, TermKind::kDirect);
      found.emplace_back(term.claim, term.opens_claim);
    }
  }
  const std::vector<std::pair<std::size_t, bool>> expected{{0, true},  {1, true}, {0, false},
                                                           {0, false}, {2, true}, {3, true}};
  EXPECT_EQ(found, expected);
  EXPECT_EQ(plan.num_direct_claims, 4U);
}

}  // namespace
}  // namespace proofcard::relation
