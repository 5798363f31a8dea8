#include "tests/support/node_cases.hpp"

namespace proofcard::testing {
namespace {

using compile::GraphMaker;
using tensor::Function;
using tensor::identity_operand;
using tensor::Operand;

std::uint32_t divide(GraphMaker& g, std::uint32_t numerator, Operand denominator, std::uint32_t shift) {
  const graph::Tensor& n = g.graph().tensors[numerator];
  const std::int64_t d_lo = g.graph().tensors[denominator.tensor].lo;
  const std::uint32_t out = g.intermediate(n.shape, 0, (n.hi << shift) / d_lo + 1);
  g.graph().nodes.push_back({"divide", graph::Divide{identity_operand(numerator, g.graph().tensors[numerator].shape),
                                                     std::move(denominator), shift, out}});
  return out;
}

std::uint32_t square_root(GraphMaker& g, std::uint32_t in, std::int64_t hi) {
  const std::uint32_t out = g.intermediate(g.graph().tensors[in].shape, 0, hi);
  g.graph().nodes.push_back({"root", graph::SquareRoot{in, out}});
  return out;
}

std::uint32_t low_bits(GraphMaker& g, std::uint32_t in, std::uint32_t bits) {
  const std::uint32_t out = g.intermediate(g.graph().tensors[in].shape, 0, (std::int64_t{1} << bits) - 1);
  g.graph().nodes.push_back({"low bits", graph::LowBits{in, bits, out}});
  return out;
}

// Out of a table of weights, one row a label, at a computed place; then out of the input, at what was found. Shapes are
// no powers of two: there is padding along both axes.
void select(GraphMaker& g) {
  const std::uint32_t x = g.input({3}, -9, 9);
  const std::uint32_t at = g.lookup(x, function_spec(Function::kAbs, 0.2, 1.0, 0, 1));
  const auto select_from = [&](const char* name, std::uint32_t data, std::uint32_t axis,
                               std::vector<std::uint32_t> labels, tensor::Expression index, std::int64_t lo,
                               std::int64_t hi) {
    const std::uint32_t out = g.intermediate(index.out_dims, lo, hi);
    g.graph().nodes.push_back({name, graph::Select{data, axis, std::move(labels), std::move(index), out}});
    return out;
  };
  const tensor::Expression place{{3}, {}, {{1, {identity_operand(at, {3})}, {}}, {1, {}, {}}}};  // 1 or 2
  const std::uint32_t number = g.weight({3, 3}, 0, 2);
  const std::uint32_t value = g.weight({3, 3});
  const std::uint32_t found = select_from("number", number, 1, {0}, place, 0, 2);
  const std::uint32_t other = select_from("value", value, 1, {0}, place, -128, 127);
  const std::uint32_t element =
      select_from("element", x, 0, {}, {{3}, {}, {{1, {identity_operand(found, {3})}, {}}}}, -9, 9);
  g.output(g.add(element, 3, other, 5, 0));
}

}  // namespace

tensor::TableSpec function_spec(Function f, double in_scale, double out_scale, std::int64_t out_lo,
                                std::int64_t out_hi) {
  tensor::TableSpec spec;
  spec.function = f;
  spec.in_scale = in_scale;
  spec.out_scale = out_scale;
  spec.out_lo = out_lo;
  spec.out_hi = out_hi;
  return spec;
}

const std::vector<NodeCase>& node_cases() {
  static const std::vector<NodeCase> cases = {
      {"Gemm", [](GraphMaker& g) { g.output(g.gemm(g.input({5}), 3, {7}, 5)); }},
      {"GemmRelu",
       [](GraphMaker& g) { g.output(g.gemm(g.clamp(g.gemm(g.input({3}), 3, {3}, 9), 0, 127), 2, {1}, 0)); }},
      {"Conv",
       [](GraphMaker& g) {
         const auto q = g.conv(g.input({2, 3, 5}), 3, 3, 2, 1, {3, 9, 2}, 10);
         g.output(g.clamp(q, -128, 127));
       }},
      {"Add",
       [](GraphMaker& g) {
         const auto x = g.input({3, 2});
         g.output(g.clamp(g.add(x, 13, g.input({3, 2}), -5, 4), -128, 127));
       }},
      {"TableFunction",  // sigmoid(0) is not 0, so padding is not
       [](GraphMaker& g) {
         g.output(g.lookup(g.input({3}), function_spec(Function::kSigmoid, 0.05, 1.0 / 127, 0, 127)));
       }},
      {"PaddedFunctionInside",
       [](GraphMaker& g) {
         const auto x = g.input({3});
         const auto s = g.lookup(x, function_spec(Function::kSigmoid, 0.05, 1.0 / 127, 0, 127));
         g.output(g.clamp(g.add(s, 13, x, -5, 4), -128, 127));
       }},
      {"Max",
       [](GraphMaker& g) {
         g.output(g.max(identity_operand(g.input({3}), {3}), identity_operand(g.input({3}), {3}), {3}));
       }},
      {"MaxPool",
       [](GraphMaker& g) {
         g.output(g.max_pool(g.input({1, 3, 3})));
       }},
      {"Divide",
       [](GraphMaker& g) {
         const auto n = g.input({3}, 0, 255);
         const auto d = g.input({3}, 1, 700);
         g.output(divide(g, n, identity_operand(d, {3}), 4));
       }},
      {"SquareRoot", [](GraphMaker& g) { g.output(square_root(g, g.input({3}, 0, 30000), 173)); }},
      {"LowBits", [](GraphMaker& g) { g.output(low_bits(g, g.input({3}, -3000, 3000), 4)); }},
      {"Select", select},
      {"WideClamp",
       [](GraphMaker& g) {
         const auto q = g.add(g.input({3}, -32768, 32767), 100, g.input({3}), 3, 0);
         g.output(g.clamp(q, -128, 127));
       }},
      {"VeryWideClamp",
       [](GraphMaker& g) {
         const auto q = g.add(g.input({3}, -32768, 32767), 40000, g.input({3}), 3, 0);
         g.output(g.clamp(q, -128, 127));
       }},
      {"Int16Max",
       [](GraphMaker& g) {
         const auto x = g.input({3}, -32768, 32767);
         const auto y = g.input({3}, -32768, 32767);
         g.output(g.max(identity_operand(x, {3}), identity_operand(y, {3}), {3}));
       }},
      {"Scalar", [](GraphMaker& g) { g.output(g.add(g.input({}), 5, g.weight({}), 7, 3)); }},
  };
  return cases;
}

const NodeCase& folding_case() {
  static const NodeCase out{"LargeGemm", [](GraphMaker& g) { g.output(g.gemm(g.input({256}), 257, {7}, 9)); }};
  return out;
}

}  // namespace proofcard::testing
