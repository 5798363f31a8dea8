// Models with outputs of onnxruntime, written by tests/models/make_models.py into the folder that the environment
// variable PROOFCARD_MODEL_DIR names. Without it the test is skipped.
//
// The importer and the float executor against onnxruntime: errors up to 1e-4 of the largest output; and the
// integer graphs, made again from their plans. What integers and proofs make of these models is tests/operators.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "host/graph/float_graph/float_executor.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/graph_onnx/rebuilt.hpp"
#include "tests/support/onnxruntime_models.hpp"

namespace proofcard::graph {
namespace {

using testing::OnnxruntimeModel;
using testing::worst_error;

void check_float(const FloatGraph& graph, const OnnxruntimeModel& m) {
  for (std::size_t s = 0; s < m.samples.size(); ++s) {
    const auto outputs = run(graph, m.samples[s]);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message();
    EXPECT_LE(worst_error(m.expected[s], (*outputs)[0].data), 1e-4 * m.largest);
  }
}

TEST(Onnxruntime, ModelsAgree) {
  const auto folder = testing::onnxruntime_model_folder();
  if (!folder) {
    GTEST_SKIP() << "PROOFCARD_MODEL_DIR is not set";
  }
  for (const OnnxruntimeModel& m : testing::onnxruntime_models(*folder)) {
    SCOPED_TRACE(m.name);
    const Result<FloatGraph> graph = import_onnx(m.onnx, m.file);
    if (!graph.ok() && m.extra) {
      EXPECT_EQ(graph.error().kind, ErrorKind::kUnsupported) << graph.error().message();
      std::cout << "refused: " << graph.error().message() << "\n";
      continue;
    }
    ASSERT_TRUE(graph.ok()) << graph.error().message();
    check_float(*graph, m);
    expect_rebuilt(*graph, m.samples);
  }
}

}  // namespace
}  // namespace proofcard::graph
