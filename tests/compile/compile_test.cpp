// Circuits of hand-made graphs: honest assignments satisfy them, padding included, and no single witness value can
// change.
#include "host/compile/compile.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "host/circuit/bounds.hpp"
#include "host/circuit/weight_range.hpp"
#include "host/compile/plan.hpp"
#include "tests/compile/checker.hpp"
#include "tests/compile/graph_maker.hpp"

namespace proofcard::compile {
namespace {

using circuit::Visibility;
using tensor::Function;
using tensor::Operand;
using tensor::Shape;

struct Case {
  std::string name;
  std::function<void(GraphMaker&)> build;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

std::uint32_t divide(GraphMaker& g, std::uint32_t numerator, Operand denominator, std::uint32_t shift) {
  const graph::Tensor& n = g.graph().tensors[numerator];
  const std::int64_t d_lo = g.graph().tensors[denominator.tensor].lo;
  const std::uint32_t out = g.intermediate(n.shape, 0, (n.hi << shift) / d_lo + 1);
  g.graph().nodes.push_back(
      {"divide", graph::Divide{tensor::identity_operand(numerator, g.graph().tensors[numerator].shape),
                               std::move(denominator), shift, out}});
  return out;
}

std::uint32_t square_root(GraphMaker& g, std::uint32_t in) {
  std::int64_t hi = 0;
  while ((hi + 1) * (hi + 1) <= g.graph().tensors[in].hi) {
    ++hi;
  }
  const Shape shape = g.graph().tensors[in].shape;
  const std::uint32_t out = g.intermediate(shape, 0, hi);
  g.graph().nodes.push_back({"root", graph::SquareRoot{in, out}});
  return out;
}

std::uint32_t low_bits(GraphMaker& g, std::uint32_t in, std::uint32_t bits) {
  const Shape shape = g.graph().tensors[in].shape;
  const std::uint32_t out = g.intermediate(shape, 0, (std::int64_t{1} << bits) - 1);
  g.graph().nodes.push_back({"low bits", graph::LowBits{in, bits, out}});
  return out;
}

tensor::TableSpec function(Function f, double in_scale, double out_scale, std::int64_t out_lo, std::int64_t out_hi) {
  tensor::TableSpec spec;
  spec.function = f;
  spec.in_scale = in_scale;
  spec.out_scale = out_scale;
  spec.out_lo = out_lo;
  spec.out_hi = out_hi;
  return spec;
}

std::vector<Case> cases() {
  return {
      {"Recurrent",
       [](GraphMaker& g) {
         const auto h = g.recurrent(g.input({11, 3}), std::nullopt, false);
         g.output(g.gemm(h.back(), 2, {1}, 6));
       }},
      {"RecurrentBothWaysFromAState",
       [](GraphMaker& g) {
         const auto x = g.input({9, 3});
         const auto state = g.input({3}, 0, 127);
         const auto there = g.recurrent(x, state, false);
         const auto back = g.recurrent(x, state, true);
         g.output(there.back());
         g.output(back.front());
         g.output(g.gemm(there[4], 2, {1}, 6));
       }},
      {"RecurrentLayers",
       [](GraphMaker& g) {
         const auto first = g.recurrent(g.input({10, 3}), std::nullopt, false);
         g.output(g.joined(g.recurrent(g.joined(first), std::nullopt, true)));
       }},
      {"RowsOutOfOrder",
       [](GraphMaker& g) {
         std::vector<std::uint32_t> h = g.recurrent(g.input({12, 3}), std::nullopt, false);
         std::swap(h[5], h[6]);
         g.output(g.joined(h));
       }},
      {"RowsLeftOut",
       [](GraphMaker& g) {
         const auto h = g.recurrent(g.input({14, 3}), std::nullopt, false);
         g.output(g.joined({h[3], h[4], h[5], h[0], h[0], h[0], h[0]}));
         g.output(g.joined({h[0], h[12], h[11], h[10], h[0], h[0]}));
         g.output(g.joined({h[3], g.input({3}, 0, 127), h[4], h[0]}));
       }},
      {"OneStepReadsAnotherWeight",
       [](GraphMaker& g) { g.output(g.joined(g.almost_repeated(GraphMaker::Odd::kWeight))); }},
      {"OneStepReadsAnotherRow", [](GraphMaker& g) { g.output(g.joined(g.almost_repeated(GraphMaker::Odd::kRow))); }},
      {"OneStepReadsAnotherTensor",
       [](GraphMaker& g) { g.output(g.joined(g.almost_repeated(GraphMaker::Odd::kTensor))); }},
      {"OneStepReadsAnotherStep", [](GraphMaker& g) { g.output(g.joined(g.almost_repeated(GraphMaker::Odd::kStep))); }},
      {"GemmRelu",
       [](GraphMaker& g) {
         const auto q = g.gemm(g.input({5}), 3, {7}, 9);
         g.output(g.gemm(g.clamp(q, 0, 127), 6, {1}, 0));
       }},
      {"GemmMultiplierPerOutput",
       [](GraphMaker& g) {
         g.output(g.gemm(g.input({2, 3}), 3, {5, 300, 1}, 11));
       }},
      {"ConvPaddingStride",
       [](GraphMaker& g) {
         const auto q = g.conv(g.input({2, 5, 6}), 3, 3, 2, 1, {3, 9, 2}, 12);
         const auto z = g.clamp(q, -128, 127);
         g.output(g.clamp(g.conv(z, 2, 3, 1, 0, {1}, 10), 0, 127));
       }},
      {"ResidualAfterSigmoid",  // sigmoid(0) is not 0, so padding is not
       [](GraphMaker& g) {
         const auto x = g.input({3, 5});
         const auto s = g.lookup(x, function(Function::kSigmoid, 0.05, 1.0 / 127, 0, 127));
         const auto q = g.add(s, 13, x, -5, 4);
         const auto z = g.clamp(q, -128, 127);
         g.output(g.max(tensor::identity_operand(s, {3, 5}), tensor::identity_operand(z, {3, 5}), {3, 5}));
       }},
      {"MaxPool",
       [](GraphMaker& g) {
         g.output(g.gemm(g.max_pool(g.input({3, 5, 6})), 2, {1}, 6));
       }},
      {"Divide",
       [](GraphMaker& g) {
         const auto n = g.input({3, 3}, 0, 255);
         const auto d = g.input({3}, 1, 700);
         g.output(divide(g, n, Operand{d, {{0, 1, 0, {{0, 1}}, false}}}, 8));
       }},
      {"SquareRoot", [](GraphMaker& g) { g.output(square_root(g, g.input({6}, 0, 30000))); }},
      {"LowBits",
       [](GraphMaker& g) {
         const auto x = g.input({5}, -3000, 3000);
         g.output(low_bits(g, x, 4));
         g.output(low_bits(g, x, 10));
       }},
      {"WideClamp",
       [](GraphMaker& g) {
         const auto q = g.add(g.input({3}, -32768, 32767), 100, g.input({3}), 3, 4);
         g.output(g.clamp(q, -128, 127));
         g.output(g.clamp(q, 0, 97));
       }},
      {"VeryWideClamp",
       [](GraphMaker& g) {
         const auto q = g.add(g.input({3}, -32768, 32767), 40000, g.input({3}), 3, 0);
         g.output(g.clamp(q, -128, 127));
         const auto x = g.lookup(q, function(Function::kTanh, 0.001, 1.0 / 127, -128, 127));
         g.output(x);
       }},
      {"Int16",
       [](GraphMaker& g) {
         const auto x = g.input({6}, -32768, 32767);
         const auto w = g.weight({6}, -32768, 32767);
         const auto q = g.add(x, 3, w, 2, 2);
         const auto z = g.clamp(q, -32768, 32767);
         g.output(g.max(tensor::identity_operand(z, {6}), tensor::identity_operand(x, {6}), {6}));
       }},
      {"WideWeights",
       [](GraphMaker& g) {
         const auto x = g.input({5});
         const auto a = g.add(x, 3, g.weight({5}, -(1 << 30), 1 << 30), 2, 20);
         g.output(g.add(a, 1, g.weight({5}, -(std::int64_t{1} << 38), std::int64_t{1} << 38), 1, 30));
       }},
      {"OutputsThatAreCopies",
       [](GraphMaker& g) {
         const auto x = g.input({3});
         const auto w = g.weight({3});
         const auto q = g.add(x, 2, w, 3, 1);
         g.output(x);
         g.output(q);
         g.output(q);
       }},
      {"Scalar",
       [](GraphMaker& g) {
         const auto x = g.input({});
         g.output(g.add(x, 5, g.weight({}), 7, 3));
       }},
  };
}

struct Assigned {
  circuit::Circuit circuit;
  circuit::Layout layout;
  circuit::Assignment assignment;
};

Result<Assigned> assign_all(const graph::Graph& graph, const CompileOptions& options,
                            const std::vector<IntVector>& inputs) {
  PROOFCARD_TRY(circuit::Circuit circuit, compile(graph, options));
  circuit::Layout layout = circuit::make_layout(circuit);
  PROOFCARD_TRY(const WeightColumns weights, weight_columns(graph, circuit, layout));
  PROOFCARD_TRY(const graph::Trace trace, graph::execute(graph, inputs));
  PROOFCARD_TRY(circuit::Assignment assignment, assign(graph, circuit, layout, weights, trace));
  return Assigned{std::move(circuit), std::move(layout), std::move(assignment)};
}

std::vector<CompileOptions> all_options() {
  return {{Visibility::kPrivate, Visibility::kPublic, Visibility::kPrivate, "m", std::nullopt},
          {Visibility::kPublic, Visibility::kPrivate, Visibility::kPublic, "m", Limits{8, 9}},
          {Visibility::kCommitted, Visibility::kCommitted, Visibility::kCommitted, "m", Limits{11, 9}},
          {Visibility::kPrivate, Visibility::kPrivate, Visibility::kPrivate, "m", Limits{16, 16}}};
}

class CompileTest : public ::testing::TestWithParam<Case> {};

TEST_P(CompileTest, HonestAssignmentsSatisfyTheCircuit) {
  for (const CompileOptions& options : all_options()) {
    GraphMaker g(7);
    GetParam().build(g);
    for (const auto& inputs : {g.random_inputs(), g.constant_inputs(false), g.constant_inputs(true)}) {
      const Result<Assigned> a = assign_all(g.graph(), options, inputs);
      ASSERT_TRUE(a.ok()) << a.error().message();
      const Checker checker(a->circuit, a->layout, a->assignment);
      EXPECT_EQ(checker.find_violation(), std::nullopt);
      EXPECT_EQ(checker.find_wrong_row(), std::nullopt);
    }
  }
}

TEST_P(CompileTest, NoWitnessValueCanChange) {
  for (const CompileOptions& options : all_options()) {
    GraphMaker g(11);
    GetParam().build(g);
    const Result<Assigned> a = assign_all(g.graph(), options, g.random_inputs());
    ASSERT_TRUE(a.ok()) << a.error().message();
    Checker checker(a->circuit, a->layout, a->assignment);
    std::mt19937_64 random(5);
    for (std::uint32_t id = 0; id < a->circuit.tensors.size(); ++id) {
      const circuit::Tensor& t = a->circuit.tensors[id];
      if (t.role == circuit::Role::kInput || t.role == circuit::Role::kWeight) {
        continue;
      }
      std::vector<std::int64_t>& values = checker.tensors()[id];
      // True positions: those of a fresh tensor of ones.
      std::vector<std::size_t> places;
      for (std::size_t i = 0; i < values.size(); ++i) {
        std::size_t rest = i;
        bool is_true = true;
        for (std::size_t axis = t.shape.size(); axis-- > 0;) {
          const unsigned bits = circuit::log_padded(t.shape[axis]);
          is_true = is_true && (rest & ((std::size_t{1} << bits) - 1)) < t.shape[axis];
          rest >>= bits;
        }
        if (is_true) {
          places.push_back(i);
        }
      }
      for (int repeat = 0; repeat < 4; ++repeat) {
        const std::size_t place = places[random() % places.size()];
        const std::int64_t honest = values[place];
        for (const std::int64_t delta : {1, -1, 1 << (random() % 20), -(1 << (random() % 20))}) {
          values[place] = honest + delta;
          EXPECT_NE(checker.find_violation(id), std::nullopt) << t.name << " at " << place << " by " << delta;
        }
        values[place] = honest;
      }
      EXPECT_EQ(checker.find_violation(id), std::nullopt);
    }
  }
}

TEST_P(CompileTest, WeightRangeCircuitSharesTheWeightColumns) {
  GraphMaker g(3);
  GetParam().build(g);
  const auto circuit = compile(g.graph(), {});
  ASSERT_TRUE(circuit.ok()) << circuit.error().message();
  const circuit::Layout layout = circuit::make_layout(*circuit);
  const auto weights = weight_columns(g.graph(), *circuit, layout);
  ASSERT_TRUE(weights.ok()) << weights.error().message();

  const circuit::Circuit range = circuit::weight_range_circuit(*circuit);
  ASSERT_TRUE(circuit::validate(range).ok());
  ASSERT_TRUE(circuit::check_soundness(range).ok());
  const circuit::Layout range_layout = circuit::weight_range_layout(range, layout);
  for (std::size_t c = 0; c < layout.columns.size() && layout.columns[c].owner == circuit::Column::Owner::kWeights;
       ++c) {
    EXPECT_EQ(layout.columns[c].log_row_len, range_layout.columns[c].log_row_len);
    EXPECT_EQ(layout.columns[c].slots.offsets, range_layout.columns[c].slots.offsets);
    EXPECT_EQ(layout.columns[c].type, range_layout.columns[c].type);
  }
  const auto assignment = assign_weight_range(range, range_layout, *weights);
  ASSERT_TRUE(assignment.ok()) << assignment.error().message();
  const Checker checker(range, range_layout, *assignment);
  EXPECT_EQ(checker.find_violation(), std::nullopt);
  EXPECT_EQ(checker.find_wrong_row(), std::nullopt);
}

TEST_P(CompileTest, BytesRoundTrip) {
  GraphMaker g(3);
  GetParam().build(g);
  const auto circuit = compile(g.graph(), {});
  ASSERT_TRUE(circuit.ok()) << circuit.error().message();
  ByteWriter out;
  circuit::write(out, *circuit);
  ByteReader in(out.bytes());
  const auto read = circuit::read_circuit(in);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_TRUE(in.expect_end().ok());
  ByteWriter again;
  circuit::write(again, *read);
  EXPECT_EQ(out.bytes(), again.bytes());
}

INSTANTIATE_TEST_SUITE_P(Graphs, CompileTest, ::testing::ValuesIn(cases()),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(Compile, ClampsOfAllLayersShareOneTable) {
  GraphMaker g(3);
  auto x = g.input({4});
  for (int layer = 0; layer < 3; ++layer) {
    x = g.clamp(g.gemm(x, 4, {1}, 7 + static_cast<std::uint32_t>(layer)), 0, 127);
  }
  g.output(x);
  const auto plan = build_plan(g.graph(), {}, {8, 13});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(std::count_if(plan->circuit.tables.begin(), plan->circuit.tables.end(),
                          [](const auto& t) { return t.kind == circuit::TableKind::kFunction; }),
            1);
}

TEST(Compile, RefusesWideFunctionsThatDoNotSaturate) {
  GraphMaker g(3);
  const auto x = g.add(g.input({2}, -32768, 32767), 100, g.input({2}), 1, 0);
  g.output(g.lookup(x, function(Function::kLeakyRelu, 1, 1, -(std::int64_t{1} << 30), std::int64_t{1} << 30)));
  std::get<graph::Lookup>(g.graph().nodes.back().op).table.params = {0.5};
  const auto circuit = compile(g.graph(), {});
  ASSERT_FALSE(circuit.ok());
  EXPECT_EQ(circuit.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(circuit.error().where, g.graph().nodes.back().name);
}

TEST(Compile, RefusesCoefficientsBeyondTheCircuits) {
  GraphMaker g(3);
  g.output(g.gemm(g.input({4}), 4, {1}, 40));
  const auto circuit = compile(g.graph(), {});
  ASSERT_FALSE(circuit.ok());
  EXPECT_EQ(circuit.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(circuit.error().where, g.graph().nodes[0].name);
}

TEST(Compile, RefusesWeightsBeyondTheirRangeProof) {
  GraphMaker g(3);
  const auto w = g.weight({4}, -(std::int64_t{1} << 40), std::int64_t{1} << 40);
  g.output(g.add(g.input({4}), 3, w, 1, 0));
  const auto circuit = compile(g.graph(), {});
  ASSERT_FALSE(circuit.ok());
  EXPECT_EQ(circuit.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(circuit.error().where, g.graph().tensors[w].name);
}

// A trace that does not follow the graph is an error that names the lookup, not a wrong proof.
TEST(Compile, NamesTheLookupThatATraceBreaks) {
  GraphMaker g(3);
  const auto q = g.gemm(g.input({4}), 4, {3}, 11);
  const auto z = g.clamp(q, 0, 127);
  g.output(g.gemm(z, 2, {1}, 0));
  const auto circuit = compile(g.graph(), {});
  ASSERT_TRUE(circuit.ok());
  const circuit::Layout layout = circuit::make_layout(*circuit);
  const auto weights = weight_columns(g.graph(), *circuit, layout);
  const auto assigner = Assigner::make(g.graph(), *circuit, layout);
  const auto trace = graph::execute(g.graph(), g.random_inputs());
  ASSERT_TRUE(weights.ok() && assigner.ok() && trace.ok());
  EXPECT_TRUE(assigner->assign(*weights, *trace).ok());

  graph::Trace wrong = *trace;
  wrong.tensors[z].set(1, wrong.tensors[z][1] ^ 1);
  auto result = assigner->assign(*weights, wrong);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().where, g.graph().nodes[1].name);

  wrong = *trace;
  wrong.remainders[0].set(2, 1 << 11);
  result = assigner->assign(*weights, wrong);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().where.find("remainder"), std::string::npos);

  wrong = *trace;
  wrong.tensors[q] = IntVector(IntType::kI16, 3);
  EXPECT_FALSE(assigner->assign(*weights, wrong).ok());
  wrong.tensors.clear();
  EXPECT_FALSE(assigner->assign(*weights, wrong).ok());
}

TEST(Compile, RefusesTheCircuitOfAnotherGraph) {
  GraphMaker g(3);
  g.output(g.gemm(g.input({4}), 4, {3}, 8));
  GraphMaker other(3);
  other.output(other.gemm(other.input({4}), 4, {5}, 8));
  const auto circuit = compile(g.graph(), {});
  ASSERT_TRUE(circuit.ok());
  const circuit::Layout layout = circuit::make_layout(*circuit);
  EXPECT_TRUE(Assigner::make(g.graph(), *circuit, layout).ok());
  EXPECT_FALSE(Assigner::make(other.graph(), *circuit, layout).ok());
}

}  // namespace
}  // namespace proofcard::compile
