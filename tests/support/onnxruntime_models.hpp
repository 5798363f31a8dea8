// Models with inputs and outputs of onnxruntime: what tests/models/make_models.py writes into the folder that the
// environment variable PROOFCARD_MODEL_DIR names.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/graph/quantize/calibrate.hpp"

namespace proofcard::testing {

struct OnnxruntimeModel {
  std::string name;
  std::string file;
  bool extra = false;  // beyond the operators that must be supported: a refusal by name is right, too
  bool exact = false;  // the output is of integers, which have to be the same
  Bytes onnx;
  std::vector<graph::Sample> samples;
  std::vector<std::vector<double>> expected;  // sample -> output, row-major
  double largest = 1e-6;                      // magnitude of an expected value
};

inline std::optional<std::filesystem::path> onnxruntime_model_folder() {
  const char* name = std::getenv("PROOFCARD_MODEL_DIR");
  return name == nullptr ? std::nullopt : std::optional<std::filesystem::path>(name);
}

// All models, in the manifest's order; none, and a failed expectation, when there is no manifest.
inline std::vector<OnnxruntimeModel> onnxruntime_models(const std::filesystem::path& folder) {
  std::ifstream manifest_file(folder / "manifest.json");
  EXPECT_TRUE(manifest_file.good()) << "no manifest.json in " << folder;
  if (!manifest_file.good()) {
    return {};
  }
  std::vector<OnnxruntimeModel> out;
  for (const auto& entry : nlohmann::json::parse(manifest_file)) {
    OnnxruntimeModel m;
    m.name = entry["name"].get<std::string>();
    m.file = entry["file"].get<std::string>();
    m.extra = entry["extra"].get<bool>();
    m.exact = entry["exact"].get<bool>();
    std::ifstream onnx(folder / m.file, std::ios::binary);
    m.onnx = Bytes((std::istreambuf_iterator<char>(onnx)), std::istreambuf_iterator<char>());
    std::ifstream samples(folder / entry["samples"].get<std::string>());
    const auto json = nlohmann::json::parse(samples);
    for (const auto& row : json["inputs"]) {
      m.samples.push_back({row.get<std::vector<float>>()});
    }
    for (const auto& row : json["outputs"]) {
      m.expected.push_back(row.get<std::vector<double>>());
      for (const double v : m.expected.back()) {
        m.largest = std::max(m.largest, std::abs(v));
      }
    }
    out.push_back(std::move(m));
  }
  EXPECT_FALSE(out.empty());
  return out;
}

// Largest difference; infinite for other numbers of values.
template <class Values>
double worst_error(const std::vector<double>& expected, const Values& got) {
  double error = expected.size() == got.size() ? 0.0 : HUGE_VAL;
  for (std::size_t i = 0; i < std::min(expected.size(), got.size()); ++i) {
    error = std::max(error, std::abs(expected[i] - static_cast<double>(got[i])));
  }
  return error;
}

}  // namespace proofcard::testing
