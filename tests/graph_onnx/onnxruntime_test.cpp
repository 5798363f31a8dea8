// Models with outputs of onnxruntime, written by tests/models/make_models.py into the folder that the environment
// variable PROOFCARD_MODEL_DIR names. Without it the test is skipped.
//
// Bounds, as fractions of the largest output: the float executor 1e-4; integers with 8 bits 0.06, with 16 bits 0.002,
// or 0.012 for models that carry an 8-bit quantisation of their own, whose rounding is not repeated.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "host/graph/quantize/float_executor.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"

namespace proofcard::graph {
namespace {

struct Model {
  nlohmann::json entry;
  std::vector<Sample> samples;
  std::vector<std::vector<double>> expected;
  double largest = 1e-6;
};

double worst_error(const std::vector<double>& expected, const auto& got) {
  double error = expected.size() == got.size() ? 0.0 : 1e300;
  for (std::size_t i = 0; i < expected.size() && i < got.size(); ++i) {
    error = std::max(error, std::abs(expected[i] - static_cast<double>(got[i])));
  }
  return error;
}

Model read_model(const std::filesystem::path& folder, const nlohmann::json& entry) {
  Model m;
  m.entry = entry;
  std::ifstream file(folder / entry["samples"].get<std::string>());
  const auto json = nlohmann::json::parse(file);
  for (const auto& row : json["inputs"]) {
    m.samples.push_back({row.get<std::vector<float>>()});
  }
  for (const auto& row : json["outputs"]) {
    m.expected.push_back(row.get<std::vector<double>>());
    for (double v : m.expected.back()) m.largest = std::max(m.largest, std::abs(v));
  }
  return m;
}

void check_float(const FloatGraph& graph, const Model& m) {
  for (std::size_t s = 0; s < m.samples.size(); ++s) {
    const auto outputs = run(graph, m.samples[s]);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message();
    EXPECT_LE(worst_error(m.expected[s], (*outputs)[0].data), 1e-4 * m.largest);
  }
}

void check_integer(const FloatGraph& graph, const Model& m, unsigned bits, double bound) {
  const Result<Graph> integer = quantize(graph, m.samples, {bits, true});
  ASSERT_TRUE(integer.ok()) << integer.error().message();
  const Result<AccuracyReport> report = compare(graph, *integer, m.samples);
  ASSERT_TRUE(report.ok()) << report.error().message();
  EXPECT_LE(report->outputs[0].max_abs_error, bound * m.largest) << bits << " bits";
}

TEST(Onnxruntime, ModelsAgree) {
  const char* folder_name = std::getenv("PROOFCARD_MODEL_DIR");
  if (folder_name == nullptr) {
    GTEST_SKIP() << "PROOFCARD_MODEL_DIR is not set";
  }
  const std::filesystem::path folder = folder_name;
  std::ifstream manifest_file(folder / "manifest.json");
  ASSERT_TRUE(manifest_file.good()) << "no manifest.json in " << folder;
  const auto manifest = nlohmann::json::parse(manifest_file);
  ASSERT_FALSE(manifest.empty());
  for (const auto& entry : manifest) {
    SCOPED_TRACE(entry["name"].get<std::string>());
    std::ifstream file(folder / entry["file"].get<std::string>(), std::ios::binary);
    const Bytes bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const Result<FloatGraph> graph = import_onnx(bytes, entry["file"].get<std::string>());
    if (!graph.ok() && entry["extra"].get<bool>()) {
      EXPECT_EQ(graph.error().kind, ErrorKind::kUnsupported) << graph.error().message();
      std::cout << "refused: " << graph.error().message() << "\n";
      continue;
    }
    ASSERT_TRUE(graph.ok()) << graph.error().message();
    const Model m = read_model(folder, entry);
    check_float(*graph, m);
    const bool rounds = std::any_of(graph->nodes.begin(), graph->nodes.end(),
                                    [](const FloatNode& n) { return n.op == FloatOp::kFakeQuantize; });
    check_integer(*graph, m, 16, rounds ? 0.012 : 0.002);
    check_integer(*graph, m, 8, 0.06);
    expect_rebuilt(*graph, m.samples);
  }
}

}  // namespace
}  // namespace proofcard::graph
