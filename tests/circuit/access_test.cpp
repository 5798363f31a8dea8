// Which reads are direct, and which expression is a whole tensor: soundness rests on both being narrow.
#include "host/circuit/access.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/circuit/small_circuit.hpp"

namespace proofcard::circuit {
namespace {

// small_circuit with a tensor [3, 3] behind the others.
Circuit square_circuit() {
  Circuit c = small_circuit();
  c.tensors.push_back({"s", {3, 3}, Role::kWitness, IntType::kI8, 0, 0, 1.0});
  return c;
}
constexpr std::uint32_t kX = 0;
constexpr std::uint32_t kSquare = 5;

Expression read_square() { return whole(kSquare, {3, 3}); }

TEST(WholeTensor, IsExactlyThat) {
  const Circuit c = square_circuit();
  EXPECT_EQ(whole_tensor(c, whole(kX, {3})), kX);
  EXPECT_EQ(whole_tensor(c, read_square()), kSquare);
  const std::vector<std::pair<std::string, std::function<void(Expression&)>>> others = {
      {"no term", [](Expression& e) { e.terms.clear(); }},
      {"two terms",
       [](Expression& e) {
         e.terms.push_back({1, {}, {}});
       }},
      {"summed", [](Expression& e) { e.sum_dims = {2}; }},
      {"coefficient", [](Expression& e) { e.terms[0].coefficient = -1; }},
      {"constant", [](Expression& e) { e.terms[0].operands.clear(); }},
      {"product", [](Expression& e) { e.terms[0].operands.push_back(e.terms[0].operands[0]); }},
      {"weights",
       [](Expression& e) {
         e.terms[0].weights.push_back({0, {1, 1, 1}});
       }},
      {"larger dims",
       [](Expression& e) {
         e.out_dims = {3, 4};
       }},
      {"transposed",
       [](Expression& e) {
         e.terms[0].operands[0].groups[0].labels[0].label = 1;
         e.terms[0].operands[0].groups[1].labels[0].label = 0;
       }},
      {"diagonal", [](Expression& e) { e.terms[0].operands[0].groups[1].labels[0].label = 0; }},
      {"moved", [](Expression& e) { e.terms[0].operands[0].groups[0].offset = 1; }},
      {"moved back", [](Expression& e) { e.terms[0].operands[0].groups[1].offset = -1; }},
      {"stride", [](Expression& e) { e.terms[0].operands[0].groups[1].labels[0].stride = 2; }},
      {"reversed", [](Expression& e) { e.terms[0].operands[0].groups[1].labels[0].stride = -1; }},
      {"one row", [](Expression& e) { e.terms[0].operands[0].groups[0].labels.clear(); }},
      {"two labels on an axis",
       [](Expression& e) {
         e.terms[0].operands[0].groups = {{0, 1, 0, {{0, 1}, {1, 1}}, false}, {1, 1, 0, {{1, 1}}, false}};
       }},
      {"axes in one group",
       [](Expression& e) {
         e.terms[0].operands[0].groups = {{0, 2, 0, {{0, 3}, {1, 1}}, false}};
       }},
  };
  for (const auto& [name, change] : others) {
    Expression e = read_square();
    change(e);
    EXPECT_EQ(whole_tensor(c, e), std::nullopt) << name;
  }
}

// An axis is read at the label's own point only if the label runs over all of it, one by one.
TEST(Classify, DirectAxes) {
  const Circuit c = square_circuit();
  const std::vector<std::int64_t> padding(c.tensors.size(), 0);
  const auto direct = [&](const Expression& e) {
    return classify(c, padding, e, e.terms[0], Standing::kRelation).operands[0].direct_label;
  };
  using Labels = std::vector<std::optional<std::uint32_t>>;
  EXPECT_EQ(direct(read_square()), (Labels{0, 1}));
  const std::vector<std::pair<std::string, std::function<void(Expression&, tensor::Group&)>>> mapped = {
      {"offset", [](Expression&, tensor::Group& g) { g.offset = 1; }},
      {"negative offset", [](Expression&, tensor::Group& g) { g.offset = -1; }},
      {"stride", [](Expression&, tensor::Group& g) { g.labels[0].stride = 2; }},
      {"shorter label", [](Expression& e, tensor::Group&) { e.out_dims[1] = 2; }},
      {"longer label, same padded size", [](Expression& e, tensor::Group&) { e.out_dims[1] = 4; }},
      {"no label", [](Expression&, tensor::Group& g) { g.labels.clear(); }},
      {"two labels",
       [](Expression& e, tensor::Group& g) {
         e.sum_dims = {2};
         g.labels.push_back({2, 1});
       }},
      {"weights",
       [](Expression& e, tensor::Group&) {
         e.terms[0].weights.push_back({1, {1, 2, 3}});
       }},
  };
  for (const auto& [name, change] : mapped) {
    Expression e = read_square();
    change(e, e.terms[0].operands[0].groups[1]);
    EXPECT_EQ(direct(e), (Labels{0, std::nullopt})) << name;
  }
  Expression flat{{9}, {}, {{1, {{kSquare, {{0, 2, 0, {{0, 1}}, false}}}}, {}}}};
  EXPECT_EQ(direct(flat), (Labels{std::nullopt}));
  flat.out_dims = {3};  // as long as the first axis of the two
  EXPECT_EQ(direct(flat), (Labels{std::nullopt}));
  // A summed label that only one operand has is no point of the sumcheck.
  Expression summed{{}, {3}, {{1, {tensor::identity_operand(kX, {3})}, {}}}};
  EXPECT_EQ(direct(summed), (Labels{std::nullopt}));
}

}  // namespace
}  // namespace proofcard::circuit
