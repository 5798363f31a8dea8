// The example models: integer predictions against float ones on the samples that come with them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

std::filesystem::path folder_of(const std::string& name) {
  return std::filesystem::path(PROOFCARD_SOURCE_DIR) / "examples" / name;
}

FloatGraph load(const std::string& name) {
  std::ifstream file(folder_of(name) / "model.onnx", std::ios::binary);
  const Bytes bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Result<FloatGraph> graph = import_onnx(bytes, "model.onnx");
  EXPECT_TRUE(graph.ok());
  return graph.ok() ? std::move(graph).value() : FloatGraph{};
}

std::vector<Sample> load_samples(const std::string& name) {
  std::ifstream file(folder_of(name) / "samples.json");
  std::vector<Sample> samples;
  const nlohmann::json content = nlohmann::json::parse(file);
  for (const auto& row : content["input_data"]) {
    samples.push_back({row.get<std::vector<float>>()});
  }
  return samples;
}

class Example : public ::testing::TestWithParam<const char*> {};

TEST_P(Example, AtMostHalfAPercentOfPredictionsChange) {
  const FloatGraph graph = load(GetParam());
  const std::vector<Sample> samples = load_samples(GetParam());
  for (const unsigned bits : {8U, 16U}) {
    // Scales come from the first half, so that the second half is new to them.
    const std::span<const Sample> all(samples);
    std::vector<std::string> notes;
    const Result<Graph> integer = quantize(graph, all.first(samples.size() / 2), {bits, true}, &notes);
    ASSERT_TRUE(integer.ok()) << integer.error().message();
    const Result<AccuracyReport> report = compare(graph, *integer, samples);
    ASSERT_TRUE(report.ok()) << report.error().message();
    RecordProperty("same_prediction", static_cast<int>(report->outputs[0].same));
    EXPECT_GE(static_cast<double>(report->outputs[0].same), 0.995 * static_cast<double>(report->samples));
  }
}

TEST_P(Example, IsRebuiltFromItsPlan) {
  const FloatGraph graph = load(GetParam());
  expect_rebuilt(graph, load_samples(GetParam()));
  // Made-up inputs are far from every support vector, and the kernel of them is 0.
  expect_rebuilt(graph, {}, std::string(GetParam()) == "wine");
}

INSTANTIATE_TEST_SUITE_P(All, Example,
                         ::testing::Values("lenet5", "mlp", "diagnosis", "credit", "credit_trees", "wine"));

TEST(WeatherExample, IsOffByNextToNothing) {
  const FloatGraph graph = load("weather");
  const std::vector<Sample> samples = load_samples("weather");
  const std::span<const Sample> all(samples);
  for (const auto& [bits, bound] : {std::pair{8U, 0.02}, std::pair{16U, 0.002}}) {
    const Result<Graph> integer = quantize(graph, all.first(samples.size() / 2), {bits, true});
    ASSERT_TRUE(integer.ok()) << integer.error().message();
    const Result<AccuracyReport> report = compare(graph, *integer, samples);
    ASSERT_TRUE(report.ok()) << report.error().message();
    EXPECT_LT(report->outputs[0].relative_error, bound) << bits;
  }
  expect_rebuilt(graph, samples);
}

}  // namespace
}  // namespace proofcard::graph
