// Any supported graph, any input in range: prove then verify succeeds. Random small graphs, random and extreme inputs.
//
// PROOFCARD_LONG=1 takes 2000 graphs. A failure prints the graph's seed; PROOFCARD_SEED=n runs that one alone.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/support/random.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;
using compile::GraphMaker;
using tensor::Function;

// Appends random nodes to one chain; shortcuts read earlier tensors of the same shape.
class RandomGraph {
 public:
  explicit RandomGraph(std::uint64_t seed) : random_(seed), maker_(seed) {
    std::uint32_t x = maker_.input(random_shape());
    const auto num_nodes = random_.in_range(1, 4);
    for (std::int64_t i = 0; i < num_nodes; ++i) {
      x = add_node(x);
    }
    maker_.output(x);
    if (random_.in_range(0, 3) == 0) {
      maker_.output(x);
    }
  }

  GraphMaker& maker() { return maker_; }

  compile::CompileOptions options() {
    const auto any = [&] { return static_cast<Visibility>(random_.in_range(0, 2)); };
    return {any(), any(), any(), "random", std::nullopt};
  }
  statement::Mode mode() { return {random_.in_range(0, 4) == 0, false}; }

 private:
  std::uint32_t size() { return static_cast<std::uint32_t>(random_.in_range(1, 6)); }
  tensor::Shape random_shape() {
    switch (random_.in_range(0, 2)) {
      case 0:
        return {size()};
      case 1:
        return {size(), size()};
      default:
        return {size(), size(), size()};
    }
  }
  const tensor::Shape& shape(std::uint32_t t) { return maker_.graph().tensors[t].shape; }

  std::uint32_t to_int8(std::uint32_t x) {
    const graph::Tensor& t = maker_.graph().tensors[x];
    if (t.lo >= -128 && t.hi <= 127) {
      return x;
    }
    return random_.in_range(0, 1) == 0 ? maker_.clamp(x, -128, 127) : maker_.clamp(x, 0, 127);
  }

  std::uint32_t add_node(std::uint32_t x) {
    x = to_int8(x);
    const auto shift = static_cast<std::uint32_t>(random_.in_range(0, 12));
    switch (random_.in_range(0, 6)) {
      case 0:
        return maker_.gemm(x, size(), {random_.in_range(1, 300)}, shift);
      case 1:
        if (shape(x).size() == 3) {
          const auto pad = static_cast<std::uint32_t>(random_.in_range(1, 2));
          const auto k = static_cast<std::uint32_t>(random_.in_range(1, 3));
          const std::uint32_t outputs = size();
          std::vector<std::int64_t> multiplier;
          for (std::uint32_t o = 0; o < outputs; ++o) {
            multiplier.push_back(random_.in_range(1, 255));
          }
          return maker_.conv(x, outputs, k, static_cast<std::uint32_t>(random_.in_range(1, 2)), pad,
                             std::move(multiplier), shift);
        }
        return maker_.gemm(x, size(), {1}, shift);
      case 2:
        return maker_.add(x, random_.in_range(-40, 40), x, random_.in_range(1, 40), shift);
      case 3: {
        const auto f = std::vector{Function::kSigmoid, Function::kTanh, Function::kGelu,
                                   Function::kExp,     Function::kAbs,  Function::kHardSwish}[static_cast<std::size_t>(
            random_.in_range(0, 5))];
        return maker_.lookup(x, function_spec(f, 0.03, 1.0 / 64, -128, 127));
      }
      case 4:
        return shape(x).size() == 3 ? maker_.max_pool(x) : maker_.clamp(x, 0, 127);
      case 5: {
        const std::uint32_t other = maker_.clamp(maker_.add(x, -3, x, 1, 1), -128, 127);
        return maker_.max(tensor::identity_operand(x, shape(x)), tensor::identity_operand(other, shape(x)), shape(x));
      }
      default:
        return maker_.clamp(x, 0, random_.in_range(1, 127));
    }
  }

  Random random_;
  GraphMaker maker_;
};

// Every element at one end of its range, chosen at random.
std::vector<IntVector> ends(const graph::Graph& graph, Random& random) {
  std::vector<IntVector> out;
  for (const std::uint32_t id : graph.inputs) {
    const graph::Tensor& t = graph.tensors[id];
    IntVector& v = out.emplace_back(narrowest_int_type(t.lo, t.hi), tensor::num_elements(t.shape));
    for (std::size_t i = 0; i < v.size(); ++i) {
      v.set(i, random.in_range(0, 1) == 0 ? t.lo : t.hi);
    }
  }
  return out;
}

void expect_accepted(std::uint64_t seed) {
  SCOPED_TRACE(fmt::format("PROOFCARD_SEED={}", seed));
  RandomGraph g(seed);
  Random random(seed);
  const compile::CompileOptions options = g.options();
  const statement::Mode mode = g.mode();
  auto all_inputs = std::vector{g.maker().random_inputs(), ends(g.maker().graph(), random),
                                g.maker().constant_inputs(false), g.maker().constant_inputs(true)};
  for (const auto& inputs : all_inputs) {
    const auto model = make_model(g.maker().graph(), options, inputs, mode);
    ASSERT_TRUE(model.ok()) << model.error().message();
    const auto proof = prove(*model);
    ASSERT_TRUE(proof.ok()) << proof.error().message();
    const auto verdict = verify(*model, *proof);
    ASSERT_TRUE(verdict.ok()) << verdict.error().message();
  }
}

TEST(Completeness, RandomGraphs) {
  if (const char* seed = std::getenv("PROOFCARD_SEED")) {
    expect_accepted(std::strtoull(seed, nullptr, 10));
    return;
  }
  const std::uint64_t num_graphs = std::getenv("PROOFCARD_LONG") != nullptr ? 2000 : 30;
  for (std::uint64_t seed = 1; seed <= num_graphs; ++seed) {
    expect_accepted(seed);
  }
}

TEST(Completeness, EveryNodeInZeroKnowledge) {
  for (const NodeCase& node : node_cases()) {
    SCOPED_TRACE(node.name);
    GraphMaker g(4);
    node.build(g);
    const auto model = make_model(g.graph(), {}, g.random_inputs(), kZeroKnowledge);
    ASSERT_TRUE(model.ok()) << model.error().message();
    const auto proof = prove(*model);
    ASSERT_TRUE(proof.ok()) << proof.error().message();
    const auto verdict = verify(*model, *proof);
    EXPECT_TRUE(verdict.ok()) << verdict.error().message();
  }
}

}  // namespace
}  // namespace proofcard::testing
