#include "host/graph/quantize/quantize.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"
#include "host/graph/executor.hpp"
#include "host/graph/quantize/float_executor.hpp"
#include "host/graph/quantize/lowering.hpp"
#include "host/graph/quantize/simplify.hpp"

namespace proofcard::graph {
namespace {

Status check_samples(const FloatGraph& graph, std::span<const Sample> samples) {
  for (std::size_t s = 0; s < samples.size(); ++s) {
    if (samples[s].size() != graph.inputs.size()) {
      return bad_input(fmt::format("sample {}", s), "expected {} tensors, found {}", graph.inputs.size(),
                       samples[s].size());
    }
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      const FloatValue& v = graph.values[graph.inputs[i]];
      if (samples[s][i].size() != static_cast<std::size_t>(count(v.shape))) {
        return bad_input(fmt::format("sample {}, input {}", s, v.name), "expected {} values (shape [{}]), found {}",
                         count(v.shape), fmt::join(v.shape, ", "), samples[s][i].size());
      }
    }
  }
  return {};
}

std::size_t position_of_max(const auto& values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

bool same_prediction(const FloatTensor& expected, const std::vector<double>& got) {
  if (got.size() == 1) {
    return (expected.data[0] > 0.5F) == (got[0] > 0.5);
  }
  return position_of_max(expected.data) == position_of_max(got);
}

}  // namespace

Result<Graph> quantize(const FloatGraph& graph, std::span<const Sample> samples, const QuantizeOptions& options,
                       std::vector<std::string>* notes) {
  if (options.bits != 8 && options.bits != 16) {
    return bad_input("bits", "expected 8 or 16, found {}", options.bits);
  }
  if (options.output_bits != 8 && options.output_bits != 16 && options.output_bits != 32) {
    return bad_input("output bits", "expected 8, 16 or 32, found {}", options.output_bits);
  }
  if (!options.inputs.empty() && options.inputs.size() != graph.inputs.size()) {
    return bad_input("inputs", "expected formats of {} inputs, found {}", graph.inputs.size(), options.inputs.size());
  }
  PROOFCARD_RETURN_IF_ERROR(check_samples(graph, samples));
  std::vector<std::string> found = graph.notes;
  const FloatGraph simple = simplify(graph);
  std::vector<Sample> synthetic;
  if (samples.empty()) {
    synthetic = synthetic_samples(simple);
    samples = synthetic;
    found.push_back(fmt::format(
        "no calibration samples given: scales come from {} made-up inputs (uniform in [0, 1) and normal); give real "
        "samples for accuracy",
        synthetic.size()));
  }
  if (std::any_of(graph.nodes.begin(), graph.nodes.end(),
                  [](const FloatNode& n) { return n.op == FloatOp::kFakeQuantize; })) {
    found.emplace_back(
        "the model's own quantisation (QuantizeLinear, DequantizeLinear: zero points, round half to even) is replaced "
        "by "
        "symmetric scales and round half up; see the accuracy report for the difference");
  }
  if (simple.nodes.size() < graph.nodes.size()) {
    found.push_back(fmt::format("{} nodes folded into their neighbours, {} left",
                                graph.nodes.size() - simple.nodes.size(), simple.nodes.size()));
  }
  // Made-up inputs say little about how far real ones go, so nothing is clipped then.
  const double levels = !synthetic.empty() ? 0 : options.bits == 16 ? 32767 : 127;
  PROOFCARD_TRY(std::vector<ValueRange> ranges, calibrate(simple, samples, levels));
  PROOFCARD_TRY(Graph out, Lowering(simple, ranges, options).run());
  for (Tensor& t : out.tensors) {
    t.name = to_name(t.name);
  }
  for (Node& n : out.nodes) {
    n.name = to_name(n.name);  // nodes that were joined have all their names in a row
  }
  PROOFCARD_RETURN_IF_ERROR(validate(out));
  for (std::uint32_t id : out.inputs) {
    const Tensor& t = out.tensors[id];
    found.push_back(fmt::format("input {}: {} bits, values from {:.6g} to {:.6g}", t.name,
                                8 * int_type_bytes(narrowest_int_type(t.lo, t.hi)), static_cast<double>(t.lo) * t.scale,
                                static_cast<double>(t.hi) * t.scale));
  }
  if (notes != nullptr) {
    *notes = std::move(found);
  }
  return out;
}

Result<IntVector> quantize_values(const Quantisation& quantisation, std::span<const double> values, bool saturate,
                                  const std::string& where) {
  const auto lo = static_cast<double>(quantisation.lo);
  const auto hi = static_cast<double>(quantisation.hi);
  IntVector out(narrowest_int_type(quantisation.lo, quantisation.hi), values.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!std::isfinite(values[k])) {
      return bad_input(where, "expected finite values, found one that is not at element {}", k);
    }
    const double q = std::floor(values[k] / quantisation.scale + 0.5);
    if (!saturate && (q < lo || q > hi)) {
      return bad_input(where, "expected values from {} to {}, found one outside at element {}", lo * quantisation.scale,
                       hi * quantisation.scale, k);
    }
    // Ends of 64 bits are not doubles: what rounds to one is that end.
    out.set(k, q <= lo ? quantisation.lo : q >= hi ? quantisation.hi : static_cast<std::int64_t>(q));
  }
  return out;
}

Result<std::vector<IntVector>> quantize_inputs(const Graph& graph, std::span<const std::vector<float>> inputs,
                                               bool saturate) {
  if (inputs.size() != graph.inputs.size()) {
    return bad_input("input", "expected {} tensors, found {}", graph.inputs.size(), inputs.size());
  }
  std::vector<IntVector> out;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& t = graph.tensors[graph.inputs[i]];
    if (inputs[i].size() != tensor::num_elements(t.shape)) {
      return bad_input("input " + t.name, "expected {} values (shape [{}]), found {}", tensor::num_elements(t.shape),
                       fmt::join(graph.input_shapes[i], ", "), inputs[i].size());
    }
    const std::vector<double> exact(inputs[i].begin(), inputs[i].end());
    PROOFCARD_TRY(IntVector values, quantize_values({t.lo, t.hi, t.scale}, exact, saturate, "input " + t.name));
    out.push_back(std::move(values));
  }
  return out;
}

std::vector<std::vector<double>> dequantize_outputs(const Graph& graph, std::span<const IntVector> outputs) {
  std::vector<std::vector<double>> out;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const double scale = graph.tensors[graph.outputs[i]].scale;
    std::vector<double> values(outputs[i].size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] = static_cast<double>(outputs[i][k]) * scale;
    }
    out.push_back(std::move(values));
  }
  return out;
}

Result<AccuracyReport> compare(const FloatGraph& float_graph, const Graph& graph, std::span<const Sample> samples) {
  AccuracyReport report;
  report.outputs.resize(graph.outputs.size());
  std::vector<double> counts(graph.outputs.size(), 0);
  for (const Sample& sample : samples) {
    PROOFCARD_TRY(std::vector<FloatTensor> expected, run(float_graph, sample));
    PROOFCARD_TRY(std::vector<IntVector> inputs, quantize_inputs(graph, sample, true));
    Sink none;
    PROOFCARD_TRY(const std::vector<IntVector> outputs, execute(graph, inputs, none));
    const std::vector<std::vector<double>> got = dequantize_outputs(graph, outputs);
    for (std::size_t o = 0; o < got.size(); ++o) {
      AccuracyReport::Output& out = report.outputs[o];
      for (std::size_t k = 0; k < got[o].size(); ++k) {
        const auto value = static_cast<double>(expected[o].data[k]);
        const double error = std::abs(got[o][k] - value);
        out.max_abs_error = std::max(out.max_abs_error, error);
        out.max_abs_value = std::max(out.max_abs_value, std::abs(value));
        out.mean_abs_error += error;
        counts[o] += 1;
      }
    }
    ++report.samples;
    report.same_top1 += same_prediction(expected[0], got[0]) ? 1U : 0U;
  }
  for (std::size_t o = 0; o < counts.size(); ++o) {
    report.outputs[o].mean_abs_error /= std::max(counts[o], 1.0);
  }
  return report;
}

}  // namespace proofcard::graph
