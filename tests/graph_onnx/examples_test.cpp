// The example models: integer predictions against float ones on the samples that come with them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

class Example : public testing::TestWithParam<const char*> {};

TEST_P(Example, AtMostHalfAPercentOfPredictionsChange) {
  const std::filesystem::path folder = std::filesystem::path(PROOFCARD_SOURCE_DIR) / "examples" / GetParam();
  std::ifstream file(folder / "model.onnx", std::ios::binary);
  ASSERT_TRUE(file.good());
  const Bytes bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const Result<FloatGraph> graph = import_onnx(bytes, "model.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();
  std::ifstream samples_file(folder / "samples.json");
  const auto json = nlohmann::json::parse(samples_file);
  std::vector<Sample> samples;
  for (const auto& row : json["input_data"]) {
    samples.push_back({row.get<std::vector<float>>()});
  }
  for (const unsigned bits : {8U, 16U}) {
    // Scales come from the first half, so that the second half is new to them.
    const std::span<const Sample> all(samples);
    std::vector<std::string> notes;
    const Result<Graph> integer = quantize(*graph, all.first(samples.size() / 2), {bits, true}, &notes);
    ASSERT_TRUE(integer.ok()) << integer.error().message();
    const Result<AccuracyReport> report = compare(*graph, *integer, samples);
    ASSERT_TRUE(report.ok()) << report.error().message();
    RecordProperty("same_prediction", static_cast<int>(report->same_prediction));
    EXPECT_GE(static_cast<double>(report->same_prediction), 0.995 * static_cast<double>(report->samples));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Example, testing::Values("lenet5", "mlp", "diagnosis", "credit"));

}  // namespace
}  // namespace proofcard::graph
