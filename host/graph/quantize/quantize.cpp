#include "host/graph/quantize/quantize.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"
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

// The number of a table's rows has 32 bits. Arguments range over more when inputs or weights differ in size by many
// orders of magnitude: what is small needs fine steps, and what is large needs many of them.
Status check_tables(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    const auto* op = std::get_if<Lookup>(&node.op);
    if (op == nullptr) {
      continue;
    }
    const Tensor& in = graph.tensors[op->in];
    if (in.hi - in.lo >= UINT32_MAX) {
      return make_error(ErrorKind::kUnsupported, node.name,
                        "expected an argument of at most 2^32 steps, found one from {:.4g} to {:.4g} in steps of "
                        "{:.4g}: bring the model's inputs to one size (normalise each), or use --bits 8",
                        static_cast<double>(in.lo) * in.scale, static_cast<double>(in.hi) * in.scale, in.scale);
    }
  }
  return {};
}

Status check_bits(unsigned bits, unsigned output_bits) {
  if (bits != 8 && bits != 16) {
    return bad_input("bits", "expected 8 or 16, found {}", bits);
  }
  if (output_bits != 8 && output_bits != 16 && output_bits != 32) {
    return bad_input("output bits", "expected 8, 16 or 32, found {}", output_bits);
  }
  return {};
}

// Names as files may have them, and a last check of what was lowered.
Status finish(Graph& out, const FloatGraph& graph) {
  for (std::size_t o = graph.outputs.size(); o-- > 0;) {  // of two outputs that are one, the first names it
    out.tensors[out.outputs[o]].name = graph.values[graph.outputs[o]].name;
  }
  for (Tensor& t : out.tensors) {
    t.name = to_name(t.name);
  }
  for (Node& n : out.nodes) {
    n.name = to_name(n.name);  // nodes that were joined have all their names in a row
  }
  PROOFCARD_RETURN_IF_ERROR(check_tables(out));
  return validate(out);
}

}  // namespace

Result<Graph> quantize(const FloatGraph& graph, std::span<const Sample> samples, const QuantizeOptions& options,
                       std::vector<std::string>* notes, QuantisationPlan* plan) {
  PROOFCARD_RETURN_IF_ERROR(check_bits(options.bits, options.output_bits));
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
  Choices choices = Choices::derive(options.bits, options.output_bits);
  PROOFCARD_TRY(Graph out, Lowering(simple, ranges, options, choices).run());
  PROOFCARD_RETURN_IF_ERROR(finish(out, graph));
  for (std::uint32_t id : out.inputs) {
    const Tensor& t = out.tensors[id];
    found.push_back(fmt::format("input {}: {} bits, values from {:.6g} to {:.6g}", t.name,
                                8 * int_type_bytes(narrowest_int_type(t.lo, t.hi)), static_cast<double>(t.lo) * t.scale,
                                static_cast<double>(t.hi) * t.scale));
  }
  if (notes != nullptr) {
    *notes = std::move(found);
  }
  if (plan != nullptr) {
    *plan = choices.plan();
  }
  return out;
}

Result<Graph> rebuild(const FloatGraph& graph, QuantisationPlan plan, bool private_weights) {
  PROOFCARD_RETURN_IF_ERROR(check_bits(plan.bits, plan.output_bits));
  const FloatGraph simple = simplify(graph);
  const std::vector<ValueRange> unknown(simple.values.size());
  const QuantizeOptions options{plan.bits, private_weights, plan.output_bits, {}};
  Choices choices = Choices::replay(std::move(plan));
  PROOFCARD_TRY(Graph out, Lowering(simple, unknown, options, choices).run());
  PROOFCARD_RETURN_IF_ERROR(choices.finish());
  PROOFCARD_RETURN_IF_ERROR(finish(out, graph));
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

}  // namespace proofcard::graph
