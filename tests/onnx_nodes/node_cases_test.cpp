// The operator tests of the onnx package (scripts/onnx_node_tests.py writes them into the folder "onnx_nodes" of the one
// that the environment variable PROOFCARD_MODEL_DIR names; without it the test is skipped), at 16 bits.
//
// Each is imported, quantised with its own input as the sample, made into a circuit and run. As many must be right as
// docs/onnx-node-tests.md says, and no more wrong; all others are refused in words. PROOFCARD_NODE_RESULTS names a file
// for one result a line, from which the script makes that page.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "host/base/parallel.hpp"
#include "host/compile/compile.hpp"
#include "host/graph/executor.hpp"
#include "host/graph/onnx/import.hpp"
#include "host/graph/quantize/quantize.hpp"

namespace proofcard::testing {
namespace {

constexpr double kBound = 0.02;  // of the largest expected value

struct Outcome {
  enum class Kind : std::uint8_t { kRight, kRefused, kWrong } kind = Kind::kRefused;
  std::string why;
};

// Numbers that JSON does not have are text: inf, -inf, nan.
std::vector<double> numbers(const nlohmann::json& values) {
  std::vector<double> out;
  for (const auto& v : values) {
    out.push_back(v.is_string() ? std::strtod(v.get<std::string>().c_str(), nullptr) : v.get<double>());
  }
  return out;
}

Outcome refused(const Error& error) {
  return {error.kind == ErrorKind::kUnsupported || error.kind == ErrorKind::kBadInput ? Outcome::Kind::kRefused
                                                                                      : Outcome::Kind::kWrong,
          error.what};
}

Outcome wrong(std::string why) { return {Outcome::Kind::kWrong, std::move(why)}; }

Outcome compare(const nlohmann::json& expected, const graph::Shape& shape, const std::vector<double>& found) {
  if (expected["shape"].get<graph::Shape>() != shape) {
    return wrong("another shape");
  }
  const std::vector<double> values = numbers(expected["values"]);
  if (values.size() != found.size()) {
    return wrong("another number of values");
  }
  double largest = 0;
  for (const double v : values) {
    largest = std::isfinite(v) ? std::max(largest, std::abs(v)) : largest;
  }
  const double bound = expected["whole"].get<bool>() ? 0 : std::max(kBound * largest, 1e-6);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(std::abs(values[i] - found[i]) <= bound)) {
      return wrong(fmt::format("value {}: {} instead of {}", i, found[i], values[i]));
    }
  }
  return {Outcome::Kind::kRight, {}};
}

Outcome outcome_of(const nlohmann::json& test, const std::filesystem::path& folder) {
  const std::string name = test["name"].get<std::string>();
  std::ifstream file(folder / (name + ".onnx"), std::ios::binary);
  const Bytes onnx((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<std::string> problems;
  const Result<graph::FloatGraph> model = graph::import_onnx(onnx, name, &problems);
  if (!model.ok()) {
    Outcome out = refused(model.error());
    if (!problems.empty()) {  // of the node that is first, by its operator: "node 3 (Where): ..."
      const std::string& first = problems[0];
      const std::size_t at = first.find(": ");
      const std::size_t open = first.rfind('(', at);
      const std::size_t close = std::min(first.find(')', open), at);
      out.why = open < at ? first.substr(open + 1, close - open - 1) + first.substr(at) : first;
    }
    return out;
  }
  std::vector<std::vector<double>> inputs;
  for (const auto& input : test["inputs"]) {
    inputs.push_back(numbers(input["values"]));
  }
  graph::Sample sample;
  for (const std::vector<double>& values : inputs) {
    sample.emplace_back(values.begin(), values.end());
  }
  const std::vector<graph::Sample> samples{sample};
  const Result<graph::Graph> integers = graph::quantize(*model, samples, {16, true});
  if (!integers.ok()) {
    return refused(integers.error());
  }
  if (const auto circuit = compile::compile(*integers, {}); !circuit.ok()) {
    return refused(circuit.error());
  }
  const auto quantised = graph::quantize_reals(*integers, inputs, false);
  if (!quantised.ok()) {
    return refused(quantised.error());
  }
  graph::Sink none;
  const auto results = graph::execute(*integers, *quantised, none);
  if (!results.ok()) {
    return wrong(results.error().message());
  }
  const std::vector<std::vector<double>> outputs = graph::dequantize_outputs(*integers, *results);
  const auto& expected = test["outputs"];
  if (expected.size() != outputs.size()) {
    return wrong("another number of outputs");
  }
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    if (Outcome out = compare(expected[o], integers->output_shapes[o], outputs[o]); !out.why.empty()) {
      out.why = fmt::format("output {}, {}", o, out.why);
      return out;
    }
  }
  return {Outcome::Kind::kRight, {}};
}

std::size_t total_of_page(const std::string& what) {
  std::ifstream file(std::string(PROOFCARD_SOURCE_DIR) + "/docs/onnx-node-tests.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::smatch found;
  const bool has = std::regex_search(page, found, std::regex("\\| " + what + " \\| (\\d+) \\|"));
  EXPECT_TRUE(has) << "no line " << what << " in docs/onnx-node-tests.md";
  return has ? std::stoul(found[1].str()) : 0;
}

TEST(OnnxNodeTests, AsManyAreRightAsThePageSaysAndNoMoreAreWrong) {
  const char* models = std::getenv("PROOFCARD_MODEL_DIR");
  if (models == nullptr) {
    GTEST_SKIP() << "PROOFCARD_MODEL_DIR is not set";
  }
  const std::filesystem::path folder = std::filesystem::path(models) / "onnx_nodes";
  std::ifstream list(folder / "cases.json");
  ASSERT_TRUE(list.good()) << "no cases.json in " << folder;
  const auto tests = nlohmann::json::parse(list);
  std::vector<Outcome> outcomes(tests.size());
  parallel_for(tests.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      outcomes[i] = outcome_of(tests[i], folder);
    }
  });

  const char* results = std::getenv("PROOFCARD_NODE_RESULTS");
  std::ofstream out(results == nullptr ? "" : results);
  std::size_t right = 0;
  std::size_t wrong = 0;
  std::string all_wrong;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Outcome& o = outcomes[i];
    static constexpr const char* kNames[] = {"right", "refused", "wrong"};
    right += o.kind == Outcome::Kind::kRight ? 1 : 0;
    if (o.kind == Outcome::Kind::kWrong) {
      ++wrong;
      all_wrong += fmt::format("{}: {}\n", tests[i]["name"].get<std::string>(), o.why);
    }
    out << nlohmann::json{{"name", tests[i]["name"]},
                          {"operator", tests[i]["operator"]},
                          {"class", kNames[static_cast<std::size_t>(o.kind)]},
                          {"why", o.why}}
        << "\n";
  }
  EXPECT_GE(right, total_of_page("right"));
  EXPECT_LE(wrong, total_of_page("wrong")) << all_wrong;
}

}  // namespace
}  // namespace proofcard::testing
