// Checks and serialisation of graphs.
#include "host/graph/graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <random>

#include "tests/graph/graph_builder.hpp"

namespace proofcard::graph {
namespace {

// One node of every kind.
Graph every_node() {
  GraphBuilder b;
  const auto x = b.input({2, 3}, -128, 127);
  const auto w = b.weight({4, 3}, -128, 127, {1, 2, 3, 4, 5, 6, 7, 8, 9, -128, 127, 0});
  const auto acc = b.intermediate({2, 4}, -60000, 60000);
  const auto z = b.intermediate({2, 4}, 0, 255);
  const auto top = b.intermediate({2, 4}, 1, 255);
  const auto one = b.weight({}, 1, 1, {1});
  const auto ratio = b.intermediate({2, 4}, 0, 255 * 16);
  const auto root = b.intermediate({2, 4}, 0, 100);
  const auto low = b.intermediate({2, 4}, 0, 3);
  tensor::Expression product{{2, 4}, {3}, {}};
  product.terms.push_back(
      {1,
       {{x, {{0, 1, 0, {{0, 1}}}, {1, 1, 0, {{2, 1}}}}}, {w, {{0, 1, 0, {{1, 1}}}, {1, 1, 0, {{2, 1}}}}}},
       {{2, {1, 1, 2}}}});
  b.node("matmul", Linear{product, {1, 2, 3, 4}, 1, 3, acc});
  b.node("relu",
         Lookup{{tensor::Function::kLeakyRelu, 1, 235, {0}, -60000, 120001, 0, 255}, acc, z, Cut{0, kNoEnd, 3, 300}});
  b.node("max", Max{b.whole(z), {one, {}}, top});
  b.node("divide", Divide{b.whole(z), b.whole(top), 4, ratio});
  b.node("root", SquareRoot{ratio, root});
  b.node("low", LowBits{root, 2, low});
  const auto chosen = b.intermediate({2, 4}, -128, 127);
  b.node("select", Select{w, 1, {1}, {{2, 4}, {}, {{1, {b.whole(low)}, {}}}}, chosen});
  b.output(low);
  b.output(chosen);
  b.graph().input_shapes[0] = {1, 2, 3};
  return b.graph();
}

Bytes bytes_of(const Graph& graph) {
  ByteWriter out;
  write(out, graph);
  return out.take();
}

TEST(Graph, EveryNodeIsValidAndRoundTrips) {
  const Graph graph = every_node();
  const Status s = validate(graph);
  ASSERT_TRUE(s.ok()) << s.error().message();
  const Bytes bytes = bytes_of(graph);
  ByteReader in(bytes);
  const auto back = read_graph(in);
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_TRUE(in.expect_end().ok());
  EXPECT_EQ(bytes_of(*back), bytes);
}

TEST(Graph, TruncationGivesErrors) {
  const Bytes bytes = bytes_of(every_node());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    ByteReader in(ByteView(bytes).first(n));
    ASSERT_FALSE(read_graph(in).ok()) << n;
  }
}

TEST(Graph, HostileBytesGiveErrorsOrValidGraphs) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 rng(seed);
  const Bytes good = bytes_of(every_node());
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    Bytes bytes = good;
    if (i % 10 == 0) {
      bytes.resize(rng() % 200);
      for (auto& b : bytes) {
        b = static_cast<std::uint8_t>(rng() % 4 == 0 ? rng() : 0);
      }
    } else {
      for (int changes = 1 + static_cast<int>(rng() % 3); changes > 0; --changes) {
        bytes[rng() % bytes.size()] = static_cast<std::uint8_t>(rng() % 3 == 0 ? 0xff : rng());
      }
    }
    ByteReader in(bytes);
    const auto graph = read_graph(in);
    if (graph.ok()) {
      ++accepted;
      EXPECT_TRUE(validate(*graph).ok());
    }
  }
  EXPECT_LT(accepted, 20000);
}

TEST(Graph, ValidateRefuses) {
  struct Refusal {
    const char* name;
    std::function<void(Graph&)> change;
    const char* message;
  };
  const auto linear = [](Graph& g) -> Linear& { return std::get<Linear>(g.nodes[0].op); };
  const auto lookup = [](Graph& g) -> Lookup& { return std::get<Lookup>(g.nodes[1].op); };
  const auto divide = [](Graph& g) -> Divide& { return std::get<Divide>(g.nodes[3].op); };
  const auto select = [](Graph& g) -> Select& { return std::get<Select>(g.nodes[6].op); };
  const std::vector<Refusal> refusals = {
      {"range out of order", [](Graph& g) { g.tensors[2].lo = 60001; }, "range"},
      {"huge range", [](Graph& g) { g.tensors[0].hi = INT64_MAX; }, "2^61"},
      {"smallest integer", [](Graph& g) { g.tensors[0].lo = INT64_MIN; }, "2^61"},
      {"scale", [](Graph& g) { g.tensors[0].scale = std::numeric_limits<double>::quiet_NaN(); }, "scale"},
      {"kind", [](Graph& g) { g.tensors[0].kind = static_cast<TensorKind>(4); }, "kind"},
      {"weight outside its range", [](Graph& g) { g.tensors[1].hi = 126; }, "weights"},
      {"too few weights", [](Graph& g) { g.tensors[1].data = IntVector(IntType::kI8, 11); }, "stored values"},
      {"data of an input", [](Graph& g) { g.tensors[0].data = IntVector(IntType::kI8, 6); }, "stored values"},
      {"zero dimension",
       [](Graph& g) {
         g.tensors[0].shape = {0, 3};
       },
       "dimension"},
      {"too many elements",
       [](Graph& g) {
         g.tensors[0].shape = {1u << 20, 1u << 20};
       },
       "2^31"},
      {"nodes out of order", [](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); }, "topological"},
      {"output twice", [](Graph& g) { g.nodes.push_back(g.nodes[5]); }, "without a value"},
      {"output into a weight", [&](Graph& g) { linear(g).out = 1; }, "intermediate"},
      {"output id", [&](Graph& g) { linear(g).out = 99; }, "below"},
      {"input id", [&](Graph& g) { lookup(g).in = 99; }, "below"},
      {"operand id", [&](Graph& g) { linear(g).acc.terms[0].operands[0].tensor = 99; }, "below"},
      {"output shape",
       [](Graph& g) {
         g.tensors[2].shape = {4, 2};
       },
       "shape"},
      {"no value", [](Graph& g) { g.nodes.pop_back(); }, "neither"},
      {"zero multiplier", [&](Graph& g) { linear(g).multiplier[2] = 0; }, "multipliers"},
      {"no multiplier", [&](Graph& g) { linear(g).multiplier.clear(); }, "multipliers"},
      {"number of multipliers", [&](Graph& g) { linear(g).multiplier.pop_back(); }, "multipliers"},
      {"multiplier label", [&](Graph& g) { linear(g).multiplier_label = 2; }, "multipliers"},
      {"shift", [&](Graph& g) { linear(g).shift = 41; }, "shift"},
      {"accumulator", [&](Graph& g) { linear(g).multiplier[0] = 1LL << 50; }, "2^62"},
      {"weights of a label",
       [&](Graph& g) {
         linear(g).acc.terms[0].weights[0].values = {0, 0, 1LL << 39};
         linear(g).multiplier[0] = 1LL << 10;
       },
       "2^62"},
      {"table domain", [&](Graph& g) { lookup(g).table.rows = 120000; }, "domain"},
      {"table domain start", [&](Graph& g) { lookup(g).table.lo = -59999; }, "domain"},
      {"table scale", [&](Graph& g) { lookup(g).table.out_scale = 0; }, "scales"},
      {"cut out of order", [&](Graph& g) { lookup(g).cut->seen_lo = 301; }, "cut off"},
      {"cut of a function out of order", [&](Graph& g) { lookup(g).cut->own_hi = -1; }, "cut off"},
      {"cut beyond all numbers", [&](Graph& g) { lookup(g).cut->own_hi = kNoEnd + 1; }, "cut off"},
      {"cut below all numbers", [&](Graph& g) { lookup(g).cut->seen_lo = -kNoEnd - 1; }, "cut off"},
      {"denominator 0", [](Graph& g) { g.tensors[4].lo = 0; }, "denominators"},
      {"numerator -1", [](Graph& g) { g.tensors[3].lo = -1; }, "numerators"},
      {"denominator outside", [&](Graph& g) { divide(g).denominator.groups[0].offset = 1; }, "outside"},
      {"divide shift", [&](Graph& g) { divide(g).shift = 41; }, "shift"},
      {"square root of -1", [](Graph& g) { g.tensors[6].lo = -1; }, "from 0"},
      {"bits", [](Graph& g) { std::get<LowBits>(g.nodes[5].op).bits = 41; }, "bits"},
      {"selected tensor", [&](Graph& g) { select(g).data = 99; }, "below"},
      {"selected axis", [&](Graph& g) { select(g).axis = 2; }, "axis"},
      {"labels of a selection", [&](Graph& g) { select(g).labels.clear(); }, "labels"},
      {"label of a selection", [&](Graph& g) { select(g).labels[0] = 2; }, "output label"},
      {"label of another size", [&](Graph& g) { select(g).axis = 0; }, "output label of 3 entries"},
      {"index of a product",
       [&](Graph& g) {
         auto& operands = select(g).index.terms[0].operands;
         operands.push_back(operands[0]);
       },
       "index"},
      {"index of a sum", [&](Graph& g) { select(g).index.sum_dims = {2}; }, "index"},
      {"index too large",
       [&](Graph& g) {
         g.tensors[8].hi = 1LL << 60;
         select(g).index.terms[0].coefficient = 4;
       },
       "index"},
      {"input not listed",
       [](Graph& g) {
         g.inputs.clear();
         g.input_shapes.clear();
       },
       ""},
      {"input twice",
       [](Graph& g) {
         g.inputs.push_back(0);
         g.input_shapes.push_back({6});
       },
       "once"},
      {"weight as input", [](Graph& g) { g.inputs[0] = 1; }, "input tensor"},
      {"input shape", [](Graph& g) { g.input_shapes[0] = {7}; }, "elements"},
      {"number of input shapes", [](Graph& g) { g.input_shapes.clear(); }, "input_shapes"},
      {"graph output", [](Graph& g) { g.outputs[0] = 99; }, "computed"},
      {"weight as output", [](Graph& g) { g.outputs[0] = 1; }, "computed"},
      {"number of output shapes", [](Graph& g) { g.output_shapes.clear(); }, "output_shapes"},
  };
  for (const Refusal& r : refusals) {
    Graph graph = every_node();
    r.change(graph);
    const Status s = validate(graph);
    ASSERT_FALSE(s.ok()) << r.name;
    EXPECT_THAT(s.error().message(), ::testing::HasSubstr(r.message)) << r.name;
  }
}

}  // namespace
}  // namespace proofcard::graph
