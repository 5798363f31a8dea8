// Each model of tests/models/make_models.py goes the whole way: imported, quantised, proved, verified.
//
// What the integers give is compared with onnxruntime directly, not with the float executor, which shares the importer
// with them. The same circuit then rejects every output but the one that was computed: the soundness of a proof rests on
// the importer and the lowering as much as on the protocol, and a circuit that leaves an output free would still prove
// the right one.
//
// Bounds, as fractions of the largest output: 0.06 with 8 bits, or 0.1 for whole layers of transformers, which round a dozen
// times; 0.002 with 16, or 0.012 for models that carry an 8-bit quantisation of their own, whose rounding is not repeated.
// Integers of models that say so are the same.
#include <iostream>

#include "host/graph/onnx/import.hpp"
#include "host/graph/quantize/quantize.hpp"
#include "tests/support/cheat.hpp"
#include "tests/support/onnxruntime_models.hpp"

namespace proofcard::testing {
namespace {

double bound(const OnnxruntimeModel& m, const graph::FloatGraph& graph, unsigned bits) {
  if (m.exact) {
    return 0;
  }
  const auto has = [&](graph::FloatOp op) {
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const graph::FloatNode& n) { return n.op == op; });
  };
  const bool is_transformer = has(graph::FloatOp::kSoftmax) && has(graph::FloatOp::kNormalise);
  const bool is_dynamic = std::any_of(graph.nodes.begin(), graph.nodes.end(),
                                      [](const graph::FloatNode& n) { return n.onnx_op == "DynamicQuantizeLinear"; });
  return bits == 8 ? (is_transformer ? 0.1 : 0.06) : has(graph::FloatOp::kFakeQuantize) || is_dynamic ? 0.012 : 0.002;
}

void expect_onnxruntimes_outputs(const graph::Graph& integers, const OnnxruntimeModel& m, double bound) {
  for (std::size_t s = 0; s < m.samples.size(); ++s) {
    const auto inputs = graph::quantize_inputs(integers, m.samples[s], true);
    ASSERT_TRUE(inputs.ok()) << inputs.error().message();
    graph::Sink none;
    const auto outputs = graph::execute(integers, *inputs, none);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message();
    EXPECT_LE(worst_error(m.expected[s], graph::dequantize_outputs(integers, *outputs)[0]), bound * m.largest)
        << "sample " << s;
  }
}

// Elements of the output at the ends and in the middle, in the order of the padded tensor.
std::vector<Place> output_places(const circuit::Circuit& circuit, std::uint32_t output) {
  std::vector<Place> out;
  for (const Place& place : places(circuit, output)) {
    if (!place.is_padding) {
      out.push_back(place);
    }
  }
  return out;
}

void expect_only_its_own_outputs(const graph::Graph& integers, const OnnxruntimeModel& m) {
  const auto inputs = graph::quantize_inputs(integers, m.samples[0], true);
  ASSERT_TRUE(inputs.ok()) << inputs.error().message();
  const auto model = make_model(integers, {}, *inputs);
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto honest = prove(*model);
  ASSERT_TRUE(honest.ok()) << honest.error().message();
  const auto accepted = verify(*model, *honest);
  EXPECT_TRUE(accepted.ok()) << accepted.error().message();

  const circuit::Circuit& circuit = model->vk.circuit;
  for (const std::uint32_t output : circuit.outputs) {
    for (const Place& place : output_places(circuit, output)) {
      for (const std::int64_t delta : {1, -1}) {
        circuit::Assignment changed = model->assignment;
        const circuit::Tensor& tensor = circuit.tensors[output];
        const std::int64_t value = value_at(*model, place) + delta;
        if (value < tensor.lo || value > tensor.hi || !set_value(*model, changed, place, value)) {
          continue;
        }
        repair_lookups(*model, changed);
        const auto forged = prove_assignment(*model, changed);
        ASSERT_TRUE(forged.ok()) << forged.error().message();
        EXPECT_FALSE(verify(*model, *forged).ok())
            << "output " << output << " [" << place.index << "] " << (delta > 0 ? "+1" : "-1") << " is accepted";
      }
    }
  }
}

// The models are shared out among kParts tests, because together they take minutes.
constexpr std::size_t kParts = 8;
class WholeWay : public ::testing::TestWithParam<std::tuple<unsigned, std::size_t>> {};

TEST_P(WholeWay, OnnxruntimesOutputsAreProvedAndNoOthers) {
  const auto folder = onnxruntime_model_folder();
  if (!folder) {
    GTEST_SKIP() << "PROOFCARD_MODEL_DIR is not set";
  }
  const auto [bits, part] = GetParam();
  const auto models = onnxruntime_models(*folder);
  for (std::size_t i = part; i < models.size(); i += kParts) {
    const OnnxruntimeModel& m = models[i];
    SCOPED_TRACE(m.name);
    const Result<graph::FloatGraph> graph = graph::import_onnx(m.onnx, m.file);
    if (!graph.ok() && m.extra) {
      continue;  // tests/graph_onnx says how it must be refused
    }
    ASSERT_TRUE(graph.ok()) << graph.error().message();
    const Result<graph::Graph> integers = graph::quantize(*graph, m.samples, {bits, true});
    ASSERT_TRUE(integers.ok()) << integers.error().message();
    expect_onnxruntimes_outputs(*integers, m, bound(m, *graph, bits));
    expect_only_its_own_outputs(*integers, m);
  }
}

INSTANTIATE_TEST_SUITE_P(Bits, WholeWay,
                         ::testing::Combine(::testing::Values(8U, 16U), ::testing::Range(std::size_t{0}, kParts)),
                         [](const auto& test) {
                           return fmt::format("{}_part{}", std::get<0>(test.param), std::get<1>(test.param));
                         });

}  // namespace
}  // namespace proofcard::testing
