// Language models that are run on their own tokens, against running them token after token.
#include "host/graph/quantize/generation.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/graph/executor.hpp"
#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/generate.hpp"
#include "host/graph/onnx/import.hpp"
#include "host/graph/quantize/quantize.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kLetters = 11;
constexpr std::int64_t kPositions = 9;
constexpr std::int64_t kWidth = 8;

// One layer of attention over embedded tokens. `diagonal`: the first one above the main diagonal that is masked.
FloatGraph language_model(int diagonal = 1, float lowest = -1e9F) {
  ModelBuilder m(13, 5);
  m.input("tokens", {1, kPositions}).output("scores");
  m.model().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::INT64);
  std::vector<float> mask;
  for (std::int64_t i = 0; i < kPositions; ++i) {
    for (std::int64_t j = 0; j < kPositions; ++j) {
      mask.push_back(j >= i + diagonal ? lowest : 0.0F);
    }
  }
  m.constant("mask", {kPositions, kPositions}, mask);
  m.random("letters", {kLetters, kWidth}, 1).random("places", {kPositions, kWidth}, 1);
  m.random("q", {kWidth, kWidth}, 1).random("k", {kWidth, kWidth}, 1).random("head", {kWidth, kLetters}, 2);
  m.node("Gather", {"letters", "tokens"}, {"e"});
  m.node("Add", {"e", "places"}, {"x"});
  m.node("MatMul", {"x", "q"}, {"queries"});
  m.node("MatMul", {"x", "k"}, {"keys"});
  m.node("Transpose", {"keys"}, {"turned"}).ints("perm", {0, 2, 1});
  m.node("MatMul", {"queries", "turned"}, {"raw"});
  m.node("Add", {"raw", "mask"}, {"masked"});
  m.node("Softmax", {"masked"}, {"p"}).integer("axis", -1);
  m.node("MatMul", {"p", "x"}, {"mixed"});
  m.node("Add", {"mixed", "x"}, {"y"});
  m.node("MatMul", {"y", "head"}, {"scores"});
  auto graph = import_onnx(m.bytes(), "model.onnx");
  EXPECT_TRUE(graph.ok()) << graph.error().message();
  return std::move(graph).value();
}

// Token after token: what comes later is 0.
std::vector<float> one_by_one(const FloatGraph& model, std::vector<float> prompt, const Generation& generation) {
  std::vector<float> given;
  for (std::uint32_t k = 0; k < generation.tokens; ++k) {
    std::vector<float> tokens = prompt;
    tokens.insert(tokens.end(), given.begin(), given.end());
    const std::size_t last = tokens.size() - 1;
    tokens.resize(kPositions, 0.0F);
    const auto scores = run(model, Sample{tokens});
    const auto row = scores.value()[0].data.begin() + static_cast<std::ptrdiff_t>(last * kLetters);
    const auto best = static_cast<float>(std::max_element(row, row + kLetters) - row);
    const bool ended = !given.empty() && generation.end && given.back() == static_cast<float>(*generation.end);
    given.push_back(ended ? given.back() : best);
  }
  return given;
}

std::vector<float> floats(const IntVector& values) {
  std::vector<float> out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.push_back(static_cast<float>(values[i]));
  }
  return out;
}

std::vector<Sample> samples_of(const FloatGraph& sequence) { return synthetic_samples(sequence); }

Result<std::vector<float>> integer_tokens(const FloatGraph& sequence, const std::vector<float>& prompt) {
  PROOFCARD_TRY(const Graph graph, quantize(sequence, samples_of(sequence), {16, true, 32, {}}));
  PROOFCARD_TRY(const std::vector<IntVector> inputs, quantize_inputs(graph, Sample{prompt}, false));
  PROOFCARD_TRY(const std::vector<IntVector> all, with_fed_back(graph, inputs));
  Sink none;
  PROOFCARD_TRY(const std::vector<IntVector> outputs, execute(graph, all, none));
  return floats(outputs[0]);
}

class Tokens : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(Tokens, AreThoseOfOneAfterTheOther) {
  const FloatGraph model = language_model();
  for (const std::optional<std::uint32_t> end : {std::optional<std::uint32_t>(), std::optional<std::uint32_t>(3)}) {
    const Generation generation{GetParam(), end};
    const auto sequence = make_generator(model, generation);
    ASSERT_TRUE(sequence.ok()) << sequence.error().message();
    ASSERT_EQ(sequence->inputs.size(), GetParam() == 1 ? 1U : 2U);
    for (unsigned seed = 0; seed < 5; ++seed) {
      std::vector<float> prompt;
      for (std::int64_t i = 0; i < kPositions + 1 - GetParam(); ++i) {
        prompt.push_back(static_cast<float>((7 * i + 3 * seed + i * i) % kLetters));
      }
      const std::vector<float> expected = one_by_one(model, prompt, generation);
      Sample sample{prompt, expected};
      sample.resize(sequence->inputs.size());
      const auto given = run(*sequence, sample);
      ASSERT_TRUE(given.ok()) << given.error().message();
      EXPECT_EQ(given.value()[0].data, expected);
      const auto integers = integer_tokens(*sequence, prompt);
      ASSERT_TRUE(integers.ok()) << integers.error().message();
      EXPECT_EQ(*integers, expected) << "seed " << seed;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Numbers, Tokens, ::testing::Values(1U, 2U, 5U, 8U, 9U));

TEST(Generation, AfterTheEndTokenAllAreThat) {
  const FloatGraph model = language_model();
  const std::vector<float> prompt = {1, 2, 3};
  const std::vector<float> open = one_by_one(model, prompt, {7, {}});
  const auto end = static_cast<std::uint32_t>(open[1]);
  ASSERT_NE(open[0], open[1]);
  const auto sequence = make_generator(model, {7, end});
  ASSERT_TRUE(sequence.ok());
  const auto given = integer_tokens(*sequence, prompt);
  ASSERT_TRUE(given.ok()) << given.error().message();
  std::vector<float> expected(7, open[1]);
  expected[0] = open[0];
  EXPECT_EQ(*given, expected);
}

TEST(Generation, MasksThatLeakAreFound) {
  const Generation generation{4, {}};
  const auto check = [&](const FloatGraph& model) { return check_causal(model, synthetic_samples(model), generation); };
  EXPECT_TRUE(check(language_model()).ok());
  // One further; everything; a little; and where the first token sees nothing, which shows it all of them alike.
  for (const FloatGraph& leaking :
       {language_model(2), language_model(kPositions), language_model(1, -5), language_model(0)}) {
    const Status status = check(leaking);
    ASSERT_FALSE(status.ok());
    EXPECT_NE(status.error().message().find("expected a causal model"), std::string::npos);
  }
}

TEST(Generation, PlansGiveTheSameGraph) {
  const FloatGraph model = language_model();
  const auto sequence = make_generator(model, {5, 2U});
  ASSERT_TRUE(sequence.ok());
  expect_rebuilt(*sequence, samples_of(*sequence));
}

TEST(Generation, PlansKeepIt) {
  for (const std::optional<std::uint32_t> end : {std::optional<std::uint32_t>(), std::optional<std::uint32_t>(2)}) {
    QuantisationPlan plan;
    plan.generation = Generation{5, end};
    ByteWriter out;
    write(out, plan);
    const Bytes bytes = out.take();
    ByteReader in(bytes);
    const auto read = read_quantisation_plan(in);
    ASSERT_TRUE(read.ok()) << read.error().message();
    EXPECT_EQ(read->generation, plan.generation);
    EXPECT_TRUE(in.expect_end().ok());
  }
}

TEST(Generation, SamplesAreSplitAndShapesJoined) {
  EXPECT_EQ(generator_sample({{1, 2, 3, 4}}, {3, {}}), (Sample{{1, 2}, {3, 4, 0}}));
  EXPECT_EQ(generator_sample({{1, 2, 3, 4}}, {1, {}}), (Sample{{1, 2, 3, 4}}));
  EXPECT_EQ(model_shape({1, 2}, {3, {}}), (Dims{1, 4}));
}

TEST(Generation, OtherModelsAreRefused) {
  const auto refusal = [](const FloatGraph& model, const Generation& generation) {
    const auto made = make_generator(model, generation);
    return made.ok() ? std::string() : made.error().message();
  };
  const FloatGraph model = language_model();
  EXPECT_NE(refusal(model, {10, {}}).find("expected 1 to 9 tokens"), std::string::npos);
  EXPECT_NE(refusal(model, {0, {}}).find("expected 1 to 9 tokens"), std::string::npos);
  EXPECT_NE(refusal(model, {3, 11U}).find("expected a token from 0 to 10"), std::string::npos);
  FloatGraph two = model;
  two.inputs.push_back(two.inputs[0]);
  EXPECT_NE(refusal(two, {3, {}}).find("expected one input"), std::string::npos);
  FloatGraph real = model;
  real.values[real.inputs[0]].integers.reset();
  EXPECT_NE(refusal(real, {3, {}}).find("expected an input of integers"), std::string::npos);
  FloatGraph other = model;
  other.values[other.outputs[0]].shape = {1, kPositions - 1, kLetters};
  EXPECT_NE(refusal(other, {3, {}}).find("expected a first output of scores"), std::string::npos);
}

}  // namespace
}  // namespace proofcard::graph
