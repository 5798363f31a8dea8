#include "host/graph/quantize/quantize.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"
#include "host/graph/float_graph/simplify/simplify.hpp"
#include "host/graph/float_graph/trees.hpp"
#include "host/graph/quantize/between.hpp"
#include "host/graph/quantize/equalise.hpp"
#include "host/graph/quantize/factors_of_squares.hpp"
#include "host/graph/quantize/input_channels.hpp"
#include "host/graph/quantize/lowering/lowering.hpp"

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
  if (bits != 8 && bits != 16 && bits != kMixedBits) {
    return bad_input("bits", "expected 8 or 16 (0: both), found {}", bits);
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

Result<Quantiser> Quantiser::prepare(const FloatGraph& graph, std::span<const Sample> samples,
                                     const QuantizeOptions& options) {
  PROOFCARD_RETURN_IF_ERROR(check_bits(options.bits, options.output_bits));
  if (!options.inputs.empty() && options.inputs.size() != graph.inputs.size()) {
    return bad_input("inputs", "expected formats of {} inputs, found {}", graph.inputs.size(), options.inputs.size());
  }
  PROOFCARD_RETURN_IF_ERROR(check_samples(graph, samples));
  Quantiser out(graph, samples, options);
  FloatGraph moved = graph;
  PROOFCARD_RETURN_IF_ERROR(move_factors_into_squares(moved, out.choices_));
  out.simple_ = simplify(std::move(moved));
  PROOFCARD_RETURN_IF_ERROR(equalise(out.simple_, samples, options.private_weights, out.choices_));
  out.said_ = input_ranges(graph);
  if (samples.empty()) {
    out.synthetic_ = synthetic_samples(graph);
  }
  if (samples.empty()) {  // made-up inputs say little about how far real ones go, so nothing is clipped then
    PROOFCARD_TRY(out.ranges_, calibrate(out.simple_, out.synthetic_, false));
    return out;
  }
  PROOFCARD_TRY(const BetweenSamples between, between_samples(graph, samples));
  PROOFCARD_TRY(out.ranges_, calibrate_between(out.simple_, samples, between));
  return out;
}

Result<Quantiser::Lowered> Quantiser::lower(unsigned bits, std::vector<std::uint32_t> wide) const {
  Choices choices = choices_;
  choices.set_widths(bits, std::move(wide));
  FloatGraph simple = simple_;
  std::vector<ValueRange> ranges = ranges_;
  std::vector<EncodedChannels> encoded(simple.inputs.size());
  const std::vector<bool> compared = compared_values(simple);
  for (std::size_t i = 0; i < simple.inputs.size() && options_.inputs.empty(); ++i) {
    if (compared[simple.inputs[i]] || (samples_.empty() && said_[i].is_made_up())) {
      continue;
    }
    encoded[i] = choose_channels(simple, i, samples_.empty() ? synthetic_ : samples_,
                                 choices.looks_wide(simple.inputs[i]) ? 16 : 8);
    PROOFCARD_RETURN_IF_ERROR(fold_channels(simple, i, encoded[i]));
  }
  ranges.resize(simple.values.size());
  Lowered out;
  PROOFCARD_TRY(out.graph, Lowering(simple, ranges, options_, choices, encoded).run());
  PROOFCARD_RETURN_IF_ERROR(finish(out.graph, *graph_));
  out.plan = choices.plan();
  out.with_width = simple.inputs;
  for (const std::uint32_t value : choices.asked()) {
    if (std::find(simple.inputs.begin(), simple.inputs.end(), value) == simple.inputs.end()) {
      out.with_width.push_back(value);
    }
  }
  return out;
}

std::vector<std::string> Quantiser::notes(const Graph& lowered) const {
  std::vector<std::string> found = graph_->notes;
  if (samples_.empty()) {
    found.push_back(
        fmt::format("no calibration samples given: scales come from {} made-up inputs; give real samples for accuracy",
                    synthetic_.size()));
  }
  if (std::any_of(graph_->nodes.begin(), graph_->nodes.end(),
                  [](const FloatNode& n) { return n.op == FloatOp::kFakeQuantize; })) {
    found.emplace_back(
        "the model's own quantisation (QuantizeLinear) is kept: its scales, zero points and bounds; ties are rounded "
        "up, "
        "not to even, and weights are rounded once more to the scales that proofs use");
  }
  if (simple_.nodes.size() < graph_->nodes.size()) {
    found.push_back(fmt::format("{} nodes folded into their neighbours, {} left",
                                graph_->nodes.size() - simple_.nodes.size(), simple_.nodes.size()));
  }
  for (std::size_t i = 0; i < lowered.inputs.size(); ++i) {
    const Tensor& t = lowered.tensors[lowered.inputs[i]];
    const std::string source = samples_.empty() && options_.inputs.empty() && !said_[i].is_made_up()
                                   ? fmt::format(", which {} says", source_text(said_[i]))
                                   : "";
    const auto bits = 8 * int_type_bytes(narrowest_int_type(t.lo, t.hi));
    if (tensor::is_float_order(t.channels)) {
      found.push_back(fmt::format("input {}: float32 as it is, compared exactly", t.name));
      continue;
    }
    const std::uint32_t value = simple_.inputs[i];
    if (!simple_.values[value].integers && partly_compared_values(simple_)[value]) {
      found.push_back(fmt::format(
          "input {}: is compared with thresholds and read otherwise, too, so it is rounded: numbers that equal a "
          "threshold, and those that are further from it than a step (see inspect), fall on the side where they "
          "belong; "
          "closer ones may not",
          t.name));
    }
    found.push_back(t.channels.empty()
                        ? fmt::format("input {}: {} bits, values from {:.6g} to {:.6g}{}", t.name, bits,
                                      static_cast<double>(t.lo) * t.scale, static_cast<double>(t.hi) * t.scale, source)
                        : fmt::format("input {}: {} bits, a range for each of {} features ({})", t.name, bits,
                                      t.channels.steps.size(),
                                      source.empty() ? "twice the samples'" : "twice what its normalisation says"));
  }
  return found;
}

std::vector<std::string> Quantiser::warnings(const Graph& lowered) const {
  std::vector<std::string> found;
  for (std::size_t i = 0;
       i < std::min(lowered.inputs.size(), said_.size()) && samples_.empty() && options_.inputs.empty(); ++i) {
    const Tensor& t = lowered.tensors[lowered.inputs[i]];
    if (said_[i].is_made_up() && !tensor::is_float_order(t.channels)) {
      found.push_back(
          fmt::format("nothing says which values input {} has: the range from {:.4g} to {:.4g} is made up, and prove "
                      "refuses values "
                      "beyond it. Give samples of it: --calibrate FILE",
                      t.name, static_cast<double>(t.lo) * t.scale, static_cast<double>(t.hi) * t.scale));
    }
  }
  return found;
}

Result<Graph> quantize(const FloatGraph& graph, std::span<const Sample> samples, const QuantizeOptions& options,
                       std::vector<std::string>* notes, QuantisationPlan* plan, FloatGraph* prepared) {
  PROOFCARD_TRY(const Quantiser quantiser, Quantiser::prepare(graph, samples, options));
  PROOFCARD_TRY(Quantiser::Lowered lowered, quantiser.lower(options.bits, options.wide));
  if (notes != nullptr) {
    *notes = quantiser.notes(lowered.graph);
  }
  if (plan != nullptr) {
    *plan = std::move(lowered.plan);
  }
  if (prepared != nullptr) {
    *prepared = quantiser.prepared();
  }
  return std::move(lowered.graph);
}

Result<Graph> rebuild(const FloatGraph& graph, QuantisationPlan plan, bool private_weights) {
  PROOFCARD_RETURN_IF_ERROR(check_bits(plan.bits, plan.output_bits));
  std::vector<InputNumbers> inputs = plan.inputs;
  Choices choices = Choices::replay(std::move(plan));
  FloatGraph moved = graph;
  PROOFCARD_RETURN_IF_ERROR(move_factors_into_squares(moved, choices));
  FloatGraph simple = simplify(std::move(moved));
  PROOFCARD_RETURN_IF_ERROR(equalise(simple, {}, private_weights, choices));
  std::vector<EncodedChannels> encoded(simple.inputs.size());
  for (std::size_t i = 0; i < std::min(encoded.size(), inputs.size()); ++i) {
    encoded[i] = {inputs[i].scale, inputs[i].channels};
    if (tensor::is_float_order(inputs[i].channels)) {
      continue;  // which is checked where the input is made
    }
    PROOFCARD_RETURN_IF_ERROR(fold_channels(simple, i, encoded[i]));
  }
  const std::vector<ValueRange> unknown(simple.values.size());
  const QuantizeOptions options{choices.bits(), private_weights, choices.output_bits(), {}};
  PROOFCARD_TRY(Graph out, Lowering(simple, unknown, options, choices, encoded).run());
  PROOFCARD_RETURN_IF_ERROR(choices.finish());
  PROOFCARD_RETURN_IF_ERROR(finish(out, graph));
  return out;
}

}  // namespace proofcard::graph
