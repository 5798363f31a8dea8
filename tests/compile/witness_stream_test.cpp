// Columns filled in while the network runs are those of the whole execution; rows are handed out once, when complete.
#include "host/compile/witness_stream.hpp"

#include <gtest/gtest.h>

#include <random>

#include "host/compile/compile.hpp"
#include "host/compile/plan.hpp"
#include "tests/compile/graph_maker.hpp"
#include "tests/compile/reference_assign.hpp"

namespace proofcard::compile {
namespace {

using circuit::Column;
using circuit::Visibility;

// Layers at random, some of which read what was made long before.
GraphMaker random_graph(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  GraphMaker g(seed);
  const std::uint32_t channels = 1 + static_cast<std::uint32_t>(random() % 3);
  std::uint32_t x = g.input({channels, 4 + static_cast<std::uint32_t>(random() % 4), 5});
  const std::uint32_t layers = 2 + static_cast<std::uint32_t>(random() % 4);
  for (std::uint32_t i = 0; i < layers; ++i) {
    const std::uint32_t first = x;
    const auto q = g.conv(x, channels, 3, 1, 1, {3}, 11);
    x = g.clamp(q, random() % 2 == 0 ? 0 : -128, 127);
    switch (random() % 4) {
      case 0:
        x = g.clamp(g.add(x, 5, first, -3, 3), -128, 127);
        break;
      case 1:
        x = g.max_pool(x);
        break;
      case 2:
        g.output(q);
        break;
      default:
        break;
    }
  }
  g.output(g.gemm(x, 3, {1}, 4));
  return g;
}

struct Prepared {
  circuit::Circuit circuit;
  circuit::Layout layout;
  WeightColumns weights;
};

Result<Prepared> prepare(const graph::Graph& graph, const CompileOptions& options) {
  PROOFCARD_TRY(circuit::Circuit circuit, compile(graph, options));
  circuit::Layout layout = circuit::make_layout(circuit, 4);  // short rows, so that there are many
  PROOFCARD_TRY(WeightColumns weights, weight_columns(graph, circuit, layout));
  return Prepared{std::move(circuit), std::move(layout), std::move(weights)};
}

const std::vector<CompileOptions>& three_options() {
  static const std::vector<CompileOptions> kOptions{
      {Visibility::kPrivate, Visibility::kPublic, Visibility::kPrivate, "m", std::nullopt},
      {Visibility::kPublic, Visibility::kPrivate, Visibility::kPublic, "m", Limits{8, 9}},
      {Visibility::kCommitted, Visibility::kCommitted, Visibility::kPrivate, "m", Limits{11, 13}}};
  return kOptions;
}

TEST(WitnessStream, FillsInWhatTheWholeExecutionGives) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    GraphMaker g = random_graph(seed);
    const std::vector<IntVector> inputs = g.random_inputs();
    const auto trace = graph::execute(g.graph(), inputs);
    ASSERT_TRUE(trace.ok()) << trace.error().message();
    for (const CompileOptions& options : three_options()) {
      const auto p = prepare(g.graph(), options);
      ASSERT_TRUE(p.ok()) << p.error().message();
      const auto plan = find_plan(g.graph(), p->circuit);
      const auto assigner = Assigner::make(g.graph(), p->circuit, p->layout);
      ASSERT_TRUE(plan.ok() && assigner.ok());
      const auto stream = assigner->begin(p->weights);
      ASSERT_TRUE(stream.ok());
      const auto sink = (*stream)->begin_input(0);
      ASSERT_TRUE(sink.ok());
      const auto outputs = graph::execute(g.graph(), inputs, **sink);
      ASSERT_TRUE(outputs.ok()) << outputs.error().message();
      const auto found = (*stream)->finish();
      ASSERT_TRUE(found.ok()) << found.error().message();

      const circuit::Assignment expected = reference::assign(g.graph(), *plan, p->layout, p->weights, *trace);
      ASSERT_EQ(found->columns.size(), expected.columns.size());
      for (std::size_t c = 0; c < expected.columns.size(); ++c) {
        EXPECT_EQ(*found->columns[c], *expected.columns[c]) << "seed " << seed << ", column " << c;
      }
      EXPECT_EQ(found->public_tensors, expected.public_tensors) << "seed " << seed;
      EXPECT_EQ(found->lookup_rows, expected.lookup_rows) << "seed " << seed;
      for (std::size_t i = 0; i < outputs->size(); ++i) {
        EXPECT_EQ((*outputs)[i], trace->tensors[g.graph().outputs[i]]);
      }
    }
  }
}

TEST(WitnessStream, HandsOutEveryRowOnceWhenItIsComplete) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    GraphMaker g = random_graph(seed);
    CompileOptions options = three_options()[seed % 3];
    options.batch = options.input == Visibility::kCommitted ? 1 : static_cast<std::uint32_t>(1 + seed % 4);
    const auto p = prepare(g.graph(), options);
    ASSERT_TRUE(p.ok()) << p.error().message();
    const auto assigner = Assigner::make(g.graph(), p->circuit, p->layout);
    ASSERT_TRUE(assigner.ok());
    std::vector<std::vector<int>> times(p->layout.columns.size());
    std::vector<std::vector<std::int64_t>> then(p->layout.columns.size());  // the values when they were handed out
    for (std::size_t c = 0; c < times.size(); ++c) {
      times[c].resize(p->layout.columns[c].num_rows());
      then[c].resize(p->layout.columns[c].num_values());
    }
    std::size_t early = 0;  // rows handed out before the end
    const auto take = [&](std::size_t column, const std::shared_ptr<const IntVector>& values, std::size_t first,
                          std::size_t count) -> Status {
      const unsigned log_row_len = p->layout.columns[column].log_row_len;
      for (std::size_t row = first; row < first + count; ++row) {
        ++times[column][row];
        ++early;
        for (std::size_t i = row << log_row_len; i < (row + 1) << log_row_len; ++i) {
          then[column][i] = (*values)[i];
        }
      }
      return {};
    };
    const auto stream = assigner->begin(p->weights, take);
    ASSERT_TRUE(stream.ok());
    for (std::uint32_t input = 0; input < p->circuit.batch; ++input) {
      const auto sink = (*stream)->begin_input(input);
      ASSERT_TRUE(sink.ok());
      ASSERT_TRUE(graph::execute(g.graph(), g.random_inputs(), **sink).ok());
    }
    EXPECT_GT(early, 0U);
    const auto found = (*stream)->finish();
    ASSERT_TRUE(found.ok()) << found.error().message();
    for (std::size_t c = 0; c < times.size(); ++c) {
      const bool is_weights = p->layout.columns[c].owner == Column::Owner::kWeights;
      for (const int n : times[c]) {
        EXPECT_EQ(n, is_weights ? 0 : 1) << "seed " << seed << ", column " << c;
      }
      for (std::size_t i = 0; !is_weights && i < then[c].size(); ++i) {
        ASSERT_EQ(then[c][i], (*found->columns[c])[i]) << "seed " << seed << ", column " << c << ", value " << i;
      }
    }
  }
}

TEST(WitnessStream, AnErrorOfWhoTakesRowsEndsTheExecution) {
  GraphMaker g = random_graph(1);
  const auto p = prepare(g.graph(), three_options()[0]);
  ASSERT_TRUE(p.ok());
  const auto assigner = Assigner::make(g.graph(), p->circuit, p->layout);
  ASSERT_TRUE(assigner.ok());
  std::size_t calls = 0;
  const auto stream = assigner->begin(p->weights, [&](std::size_t, const auto&, std::size_t, std::size_t) -> Status {
    ++calls;
    return make_error(ErrorKind::kDeviceFault, "card", "gone");
  });
  ASSERT_TRUE(stream.ok());
  const auto sink = (*stream)->begin_input(0);
  ASSERT_TRUE(sink.ok());
  const auto outputs = graph::execute(g.graph(), g.random_inputs(), **sink);
  ASSERT_FALSE(outputs.ok());
  EXPECT_EQ(outputs.error().kind, ErrorKind::kDeviceFault);
  EXPECT_EQ(calls, 1U);
}

}  // namespace
}  // namespace proofcard::compile
