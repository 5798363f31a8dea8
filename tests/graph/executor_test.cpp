#include "host/graph/executor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "host/base/parallel.hpp"
#include "host/graph/node_tensors.hpp"
#include "tests/graph/graph_builder.hpp"
#include "tests/graph/reference_executor.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kI8Lo = -128, kI8Hi = 127;

std::vector<std::int64_t> to_vector(const IntVector& v) {
  std::vector<std::int64_t> out(v.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = v[i];
  }
  return out;
}

// Runs both executors, which must agree on every tensor and remainder.
Trace run(const Graph& graph, const std::vector<std::vector<std::int64_t>>& inputs) {
  const Status valid = validate(graph);
  EXPECT_TRUE(valid.ok()) << (valid.ok() ? "" : valid.error().message());
  std::vector<IntVector> stored;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    stored.push_back(int_vector(INT64_MIN, INT64_MAX, inputs[i]));
  }
  Result<Trace> trace = execute(graph, stored);
  EXPECT_TRUE(trace.ok()) << (trace.ok() ? "" : trace.error().message());
  if (!trace.ok()) {
    return {};
  }
  const reference::Trace expected = reference::execute(graph, inputs);
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& t = graph.tensors[i];
    if (t.kind == TensorKind::kWeight) {
      EXPECT_EQ(trace->tensors[i].size(), 0u);
    } else {
      EXPECT_EQ(to_vector(trace->tensors[i]), expected.tensors[i]) << "tensor " << i;
      EXPECT_EQ(trace->tensors[i].type(), narrowest_int_type(t.lo, t.hi));
    }
  }
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    EXPECT_EQ(to_vector(trace->remainders[n]), expected.remainders[n]) << "node " << n;
  }
  return std::move(trace).value();
}

TEST(Executor, LinearRoundsHalfUpAndKeepsTheRemainder) {
  GraphBuilder b;
  const auto x = b.input({6}, -1000, 1000);
  const auto y = b.intermediate({6}, -3000, 3000);
  b.node("scale", Linear{{{6}, {}, {{1, {b.whole(x)}, {}}}}, {3}, 0, 2, y});
  b.output(y);
  const Trace t = run(b.graph(), {{2, -2, 1, -1, 1000, -1000}});
  // 1.5, -1.5, 0.75, -0.75, 750, -750
  EXPECT_EQ(to_vector(t.tensors[y]), (std::vector<std::int64_t>{2, -1, 1, -1, 750, -750}));
  EXPECT_EQ(to_vector(t.remainders[0]), (std::vector<std::int64_t>{0, 0, 1, 3, 2, 2}));
}

TEST(Executor, LinearWithoutShiftIsExactAndHasNoRemainder) {
  GraphBuilder b;
  const auto x = b.input({2, 3}, -(1LL << 60), 1LL << 60);
  const auto y = b.intermediate({2, 3}, -(1LL << 60) * 1, 1LL << 60);
  b.node("copy", Linear{{{2, 3}, {}, {{-1, {b.whole(x)}, {}}}}, {1}, 0, 0, y});
  b.output(y);
  const Trace t = run(b.graph(), {{1LL << 60, -(1LL << 60), 0, 1, -1, 7}});
  EXPECT_EQ(t.remainders[0].size(), 0u);
}

TEST(Executor, MultipliersByAnyOutputLabel) {
  const std::vector<Shape> shapes = {{3, 700, 2}};
  for (std::uint32_t label = 0; label < 3; ++label) {
    std::mt19937_64 rng(label);
    GraphBuilder b;
    const auto x = b.input({3, 700, 2}, kI8Lo, kI8Hi);
    const auto y = b.intermediate({3, 700, 2}, -200, 200);
    b.node(
        "scale",
        Linear{
            {{3, 700, 2}, {}, {{1, {b.whole(x)}, {}}}}, random_values(rng, shapes[0][label], 1, 1500), label, 10, y});
    b.output(y);
    run(b.graph(), {random_values(rng, 4200, kI8Lo, kI8Hi)});
  }
}

TEST(Executor, LookupOverNarrowAndWideDomains) {
  for (const std::int64_t hi : {std::int64_t{127}, (std::int64_t{1} << 31) - 2}) {
    GraphBuilder b;
    const auto x = b.input({40}, -hi - 1, hi);
    const auto y = b.intermediate({40}, 0, 255);
    b.node(
        "sigmoid",
        Lookup{
            {tensor::Function::kSigmoid, 0.05, 1.0 / 255, {}, -hi - 1, static_cast<std::uint32_t>(2 * hi + 2), 0, 255},
            x,
            y});
    b.output(y);
    std::mt19937_64 rng(1);
    run(b.graph(), {random_values(rng, 40, -hi - 1, hi)});
  }
}

std::vector<CutOff> cut_off(const std::vector<std::int64_t>& values, const Lookup& lookup) {
  const auto size = static_cast<std::uint32_t>(values.size());
  GraphBuilder b;
  const auto x = b.input({size}, -1000, 1000);
  const auto y = b.intermediate({size}, lookup.table.out_lo, lookup.table.out_hi);
  b.node("table", Lookup{lookup.table, x, y, lookup.cut});
  b.output(y);
  EXPECT_TRUE(validate(b.graph()).ok());
  IntVector input(IntType::kI16, values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    input.set(i, values[i]);
  }
  Sink none;
  std::vector<CutOff> found;
  EXPECT_TRUE(execute(b.graph(), std::vector<IntVector>{input}, none, &found).ok());
  return found;
}

// y = x / 2 within [-10, 10], of a function that ends at own_lo and own_hi, where samples reached -8 and 20.
std::vector<CutOff> cut_off(const std::vector<std::int64_t>& values, std::optional<Cut> cut) {
  return cut_off(values, Lookup{{tensor::Function::kClamp, 0.5, 1, {}, -1000, 2001, -10, 10}, 0, 1, cut});
}

TEST(Executor, TellsWhatTheEndsOfATableCutOff) {
  const Cut open{-kNoEnd, kNoEnd, -8, 20};
  EXPECT_TRUE(cut_off({0, 20, -20, 40, 44, -24}, open).empty());  // within what is kept, or seen, and an eighth, or two
  const auto above = cut_off({0, 50, 44, 122}, open);  // steps of the argument are rounded: two are not counted
  ASSERT_EQ(above.size(), 1U);
  EXPECT_EQ(above[0].node, 0U);
  EXPECT_EQ(above[0].values, 2U);
  EXPECT_DOUBLE_EQ(above[0].times, 3);
  const auto below = cut_off({-54, 10, -30}, open);
  ASSERT_EQ(below.size(), 1U);
  EXPECT_EQ(below[0].values, 2U);
  EXPECT_DOUBLE_EQ(below[0].times, 2.6);
  // What samples showed below what is kept is no loss either.
  EXPECT_TRUE(cut_off({-60}, Cut{-kNoEnd, kNoEnd, -30, 8}).empty());
  EXPECT_EQ(cut_off({-80}, Cut{-kNoEnd, kNoEnd, -30, 8}).size(), 1U);
  // The function's own ends are no loss.
  EXPECT_TRUE(cut_off({-1000, 1000}, Cut{-10, 10, -8, 8}).empty());
  EXPECT_TRUE(cut_off({1000}, Cut{-kNoEnd, 10, -8, 8}).empty());
  EXPECT_EQ(cut_off({-1000}, Cut{-kNoEnd, 10, -8, 8}).size(), 1U);
  EXPECT_DOUBLE_EQ(cut_off({1000}, Cut{-10, 30, -8, 8})[0].times, 3);
  EXPECT_TRUE(cut_off({-1000, 1000}, std::nullopt).empty());
  // A logarithm of numbers close to 1 in steps that are coarse for it: 64 steps are 1 as well as they can.
  const tensor::TableSpec log{tensor::Function::kLog, 1.0 / 63.5, 1e-9, {}, -1000, 2001, -128, 127};
  EXPECT_TRUE(cut_off({63, 64, 65}, Lookup{log, 0, 1, Cut{-kNoEnd, kNoEnd, -3, 120}}).empty());
  EXPECT_EQ(cut_off({63, 200}, Lookup{log, 0, 1, Cut{-kNoEnd, kNoEnd, -3, 120}}).at(0).values, 1U);
  // Many values, on several threads.
  const auto many = cut_off(std::vector<std::int64_t>(100'000, 200), open);
  ASSERT_EQ(many.size(), 1U);
  EXPECT_EQ(many[0].values, 100'000U);
}

TEST(Executor, MaxPoolInATree) {
  GraphBuilder b;
  const auto x = b.input({2, 5, 5}, kI8Lo, kI8Hi);
  const auto rows = b.intermediate({2, 5, 3}, kI8Lo, kI8Hi);
  const auto pooled = b.intermediate({2, 3, 3}, kI8Lo, kI8Hi);
  const auto column = [&](std::int64_t offset) {
    return tensor::Operand{x, {{0, 1, 0, {{0, 1}}, false}, {1, 1, 0, {{1, 1}}, false}, {2, 1, offset, {{2, 2}}, true}}};
  };
  const auto row = [&](std::int64_t offset) {
    return tensor::Operand{rows,
                           {{0, 1, 0, {{0, 1}}, false}, {1, 1, offset, {{1, 2}}, true}, {2, 1, 0, {{2, 1}}, false}}};
  };
  b.node("rows", Max{column(0), column(1), rows});
  b.node("columns", Max{row(0), row(1), pooled});
  b.output(pooled);
  std::mt19937_64 rng(2);
  run(b.graph(), {random_values(rng, 50, kI8Lo, kI8Hi)});
  run(b.graph(), {std::vector<std::int64_t>(50, kI8Lo)});
}

TEST(Executor, DivideRoundsHalfUpAndBroadcasts) {
  GraphBuilder b;
  const auto x = b.input({3, 4}, 0, 1 << 20);
  const auto d = b.input({3}, 1, 1 << 16);
  const auto y = b.intermediate({3, 4}, 0, 1LL << 32);
  b.node("divide", Divide{b.whole(x), {d, {{0, 1, 0, {{0, 1}}, false}}}, 12, y});
  b.output(y);
  const Trace t = run(b.graph(), {{0, 1, 1 << 20, 77, 3, 5, 9, 11, 0, 1, 2, 1 << 20}, {1, 3, 1 << 16}});
  EXPECT_EQ(to_vector(t.tensors[y])[4], 4096);
  EXPECT_EQ(to_vector(t.tensors[y])[5], 6827);  // 6826.67
}

TEST(Executor, SquareRootAndLowBits) {
  const std::int64_t top = (1LL << 60) - 1;
  GraphBuilder b;
  const auto x = b.input({8}, 0, top);
  const auto z = b.input({4}, -1000, 1000);
  const auto root = b.intermediate({8}, 0, 1LL << 30);
  const auto low = b.intermediate({4}, 0, 15);
  b.node("root", SquareRoot{x, root});
  b.node("low", LowBits{z, 4, low});
  b.output(root);
  b.output(low);
  const std::int64_t side = (1LL << 30) - 1;
  const Trace t = run(b.graph(), {{0, 1, 2, 3, 4, top, side * side, side * side - 1}, {-1, 16, -1000, 1000}});
  EXPECT_EQ(to_vector(t.tensors[root]), (std::vector<std::int64_t>{0, 1, 1, 1, 2, side, side, side - 1}));
  EXPECT_EQ(to_vector(t.tensors[low]), (std::vector<std::int64_t>{15, 0, 8, 8}));
}

TEST(Executor, ScalarTensors) {
  GraphBuilder b;
  const auto x = b.input({}, -5, 5);
  const auto y = b.intermediate({}, -5, 5);
  b.node("max", Max{b.whole(x), {x, {}}, y});
  b.output(y);
  EXPECT_EQ(to_vector(run(b.graph(), {{-5}}).tensors[y]), (std::vector<std::int64_t>{-5}));
}

// A layer of each kind on random data: padded and strided convolution with bias, requantisation, table, dense layer.
Graph convolutional(std::mt19937_64& rng, std::uint32_t channels) {
  GraphBuilder b;
  const auto x = b.input({3, 9, 9}, kI8Lo, kI8Hi);
  const auto w = b.weight({channels, 3, 3, 3}, kI8Lo, kI8Hi, random_values(rng, channels * 27, kI8Lo, kI8Hi));
  const auto bias = b.weight({channels}, -50000, 50000, random_values(rng, channels, -50000, 50000));
  const auto q = b.intermediate({channels, 5, 5}, -4000, 4000);
  const auto z = b.intermediate({channels, 5, 5}, 0, 127);
  const auto dense = b.weight({10, channels * 25}, kI8Lo, kI8Hi, random_values(rng, channels * 250, kI8Lo, kI8Hi));
  const auto y = b.intermediate({10}, -(1 << 30), 1 << 30);
  tensor::Expression conv{{channels, 5, 5}, {3, 3, 3}, {}};
  conv.terms.push_back({1,
                        {{x, {{0, 1, 0, {{3, 1}}}, {1, 1, -1, {{1, 2}, {4, 1}}}, {2, 1, -1, {{2, 2}, {5, 1}}}}},
                         {w, {{0, 1, 0, {{0, 1}}}, {1, 1, 0, {{3, 1}}}, {2, 1, 0, {{4, 1}}}, {3, 1, 0, {{5, 1}}}}}},
                        {}});
  conv.terms.push_back({1, {{bias, {{0, 1, 0, {{0, 1}}}}}}, {}});
  b.node("conv", Linear{conv, random_values(rng, channels, 1, 200), 0, 15, q});
  b.node("relu", Lookup{{tensor::Function::kLeakyRelu, 0.25, 1.0, {0.0}, -4000, 8001, 0, 127}, q, z});
  tensor::Expression gemm{{10}, {channels * 25}, {}};
  gemm.terms.push_back({1, {{z, {{0, 3, 0, {{1, 1}}}}}, {dense, {{0, 1, 0, {{0, 1}}}, {1, 1, 0, {{1, 1}}}}}}, {}});
  b.node("dense", Linear{gemm, {1}, 0, 0, y});
  b.output(y);
  return b.graph();
}

TEST(Executor, ConvolutionalNetwork) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 rng(seed);
  for (const std::uint32_t channels : {1u, 5u, 40u}) {
    const Graph graph = convolutional(rng, channels);
    run(graph, {random_values(rng, 243, kI8Lo, kI8Hi)});
    run(graph, {std::vector<std::int64_t>(243, kI8Lo)});
  }
}

TEST(Executor, TraceDoesNotDependOnThreads) {
  std::mt19937_64 rng(3);
  const Graph graph = convolutional(rng, 40);
  const std::vector<IntVector> input = {int_vector(kI8Lo, kI8Hi, random_values(rng, 243, kI8Lo, kI8Hi))};
  set_num_threads(1);
  const auto one = execute(graph, input);
  set_num_threads(4);
  const auto four = execute(graph, input);
  set_num_threads(2);
  ASSERT_TRUE(one.ok() && four.ok());
  EXPECT_EQ(one->tensors, four->tensors);
  EXPECT_EQ(one->remainders, four->remainders);
}

// Checks the order of what a sink is told against an execution that was kept.
class CheckingSink final : public Sink {
 public:
  CheckingSink(const Graph& graph, const Trace& expected)
      : graph_(graph), expected_(expected), views_(graph.tensors.size()), released_(graph.tensors.size(), 0) {}

  Status input(std::uint32_t tensor, const IntSpan& values) override {
    EXPECT_EQ(next_node_, 0U);
    views_[tensor] = values;
    return {};
  }
  Status node(std::size_t node, const IntSpan& out, IntVector remainders) override {
    EXPECT_EQ(node, next_node_++);
    views_[node_output(graph_.nodes[node])] = out;
    EXPECT_EQ(remainders, expected_.remainders[node]);
    for_each_tensor(graph_.nodes[node], [&](std::uint32_t id) { EXPECT_EQ(released_[id], 0) << "tensor " << id; });
    return node == fails_at_ ? Status(bad_input("sink", "full")) : Status();
  }
  void release(std::uint32_t tensor, IntVector values) override {
    ++released_[tensor];
    EXPECT_EQ(values, expected_.tensors[tensor]) << "tensor " << tensor;
    visit_ints(views_[tensor], [&](auto span) {
      EXPECT_EQ(static_cast<const void*>(span.data()), values.visit([](auto v) -> const void* { return v.data(); }));
    });
    for (std::size_t n = next_node_; n < graph_.nodes.size(); ++n) {
      for_each_tensor(graph_.nodes[n], [&](std::uint32_t id) { EXPECT_NE(id, tensor) << "read by node " << n; });
    }
  }

  void fail_at(std::size_t node) { fails_at_ = node; }
  const std::vector<int>& released() const { return released_; }
  std::size_t num_nodes() const { return next_node_; }

 private:
  const Graph& graph_;
  const Trace& expected_;
  std::vector<IntSpan> views_;
  std::vector<int> released_;
  std::size_t next_node_ = 0;
  std::size_t fails_at_ = SIZE_MAX;
};

TEST(Executor, SinkGetsEveryResultAndEveryTensorAfterItsLastUse) {
  std::mt19937_64 rng(5);
  const Graph graph = convolutional(rng, 4);
  const std::vector<IntVector> input = {int_vector(kI8Lo, kI8Hi, random_values(rng, 243, kI8Lo, kI8Hi))};
  const auto expected = execute(graph, input);
  ASSERT_TRUE(expected.ok());
  CheckingSink sink(graph, *expected);
  const auto outputs = execute(graph, input, sink);
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ(sink.num_nodes(), graph.nodes.size());
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    EXPECT_EQ((*outputs)[i], expected->tensors[graph.outputs[i]]);
  }
  for (std::uint32_t id = 0; id < graph.tensors.size(); ++id) {
    EXPECT_EQ(sink.released()[id], graph.tensors[id].kind == TensorKind::kWeight ? 0 : 1) << "tensor " << id;
  }

  CheckingSink full(graph, *expected);
  full.fail_at(1);
  const auto refused = execute(graph, input, full);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().where, "sink");
  EXPECT_EQ(full.num_nodes(), 2U);
}

TEST(Executor, TensorsAreReleasedAsSoonAsNothingReadsThem) {
  GraphBuilder b;
  std::uint32_t x = b.input({4}, -10, 10);
  for (int i = 0; i < 5; ++i) {
    const auto y = b.intermediate({4}, -10, 10);
    b.node("copy", Linear{{{4}, {}, {{1, {b.whole(x)}, {}}}}, {1}, 0, 0, y});
    x = y;
  }
  b.output(x);
  class Counter final : public Sink {
   public:
    Status input(std::uint32_t /*tensor*/, const IntSpan& /*values*/) override { return add(); }
    Status node(std::size_t /*node*/, const IntSpan& /*out*/, IntVector /*remainders*/) override { return add(); }
    void release(std::uint32_t /*tensor*/, IntVector /*values*/) override { --live_; }
    int most() const { return most_; }

   private:
    Status add() {
      most_ = std::max(most_, ++live_);
      return {};
    }
    int live_ = 0;
    int most_ = 0;
  } counter;
  ASSERT_TRUE(execute(b.graph(), std::vector<IntVector>{int_vector(-10, 10, {1, 2, 3, 4})}, counter).ok());
  EXPECT_EQ(counter.most(), 2);
}

TEST(Executor, InputErrorsNameTheElementAndNotItsValue) {
  std::mt19937_64 rng(4);
  const Graph graph = convolutional(rng, 2);
  std::vector<std::int64_t> values(243, 0);
  EXPECT_FALSE(execute(graph, {}).ok());
  EXPECT_FALSE(execute(graph, std::vector<IntVector>{int_vector(0, 1, {1, 0})}).ok());
  for (const std::int64_t bad : {std::int64_t{31337}, std::int64_t{-31337}}) {
    values[17] = bad;
    const auto result = execute(graph, std::vector<IntVector>{int_vector(-40000, 40000, values)});
    ASSERT_FALSE(result.ok());
    EXPECT_THAT(result.error().message(), ::testing::HasSubstr("element 17"));
    EXPECT_THAT(result.error().message(), ::testing::Not(::testing::HasSubstr("31337")));
  }
}

TEST(Executor, WrongRangeOfAnIntermediateIsReported) {
  GraphBuilder b;
  const auto x = b.input({3000}, -10, 10);
  const auto y = b.intermediate({3000}, -10, 9);
  b.node("copy", Linear{{{3000}, {}, {{1, {b.whole(x)}, {}}}}, {1}, 0, 0, y});
  b.output(y);
  ASSERT_TRUE(validate(b.graph()).ok());
  std::vector<std::int64_t> values(3000, 9);
  EXPECT_TRUE(execute(b.graph(), std::vector<IntVector>{int_vector(-10, 10, values)}).ok());
  values[2999] = 10;
  const auto result = execute(b.graph(), std::vector<IntVector>{int_vector(-10, 10, values)});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kBadInput);
  EXPECT_THAT(result.error().message(), ::testing::HasSubstr("internal range analysis"));
  EXPECT_THAT(result.error().message(), ::testing::HasSubstr("copy"));
}

}  // namespace
}  // namespace proofcard::graph
