#include "host/graph/quantize/accuracy/measure.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "host/graph/float_graph/moves.hpp"

namespace proofcard::graph {
namespace {

using Names = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view name, Names names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool mentions(const std::string& name, Names words) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// The node that makes the value, behind what only moves one; nullptr for an input or a constant.
const FloatNode* maker(const FloatGraph& graph, std::uint32_t value) {
  for (auto n = graph.nodes.rbegin(); n != graph.nodes.rend(); ++n) {
    if (n->output == value) {
      if (!is_move(n->op) || n->op == FloatOp::kPad || n->op == FloatOp::kConcat) {
        return &*n;
      }
      value = n->inputs[0];
    }
  }
  return nullptr;
}

// Axes of more than one entry.
std::vector<std::size_t> long_axes(const Dims& shape) {
  std::vector<std::size_t> out;
  for (std::size_t a = 0; a < shape.size(); ++a) {
    if (shape[a] > 1) {
      out.push_back(a);
    }
  }
  return out;
}

Measure classes(const std::vector<std::size_t>& axes) {
  return axes.size() == 1 ? Measure::kPrediction : Measure::kPositions;
}

// The axis of a softmax, where the output has it as it was.
std::optional<std::size_t> softmax_axis(const FloatGraph& graph, const FloatNode& n, const Dims& shape) {
  return graph.values[n.output].shape == shape ? std::optional(static_cast<std::size_t>(n.axis)) : std::nullopt;
}

bool is_label(const FloatGraph& graph, std::uint32_t output) {
  const FloatNode* n = maker(graph, output);
  return graph.values[output].whole ||
         (n != nullptr && (is_one_of(n->onnx_op, {"ArgMax", "ArgMin"}) || n->op == FloatOp::kArgMax));
}

OutputMeasure derived(const FloatGraph& graph, std::uint32_t output, bool has_labels) {
  const FloatValue& v = graph.values[output];
  const std::vector<std::size_t> axes = long_axes(v.shape);
  const std::size_t last = axes.empty() ? 0 : axes.back();
  if (is_label(graph, output)) {
    return {Measure::kIntegers, 0};
  }
  const FloatNode* n = maker(graph, output);
  if (n == nullptr) {
    return {};
  }
  if (axes.empty()) {
    const bool probability = n->op == FloatOp::kSigmoid || n->op == FloatOp::kHardSigmoid ||
                             n->op == FloatOp::kSoftmax || mentions(v.name, {"probab"});
    return {probability ? Measure::kSide : Measure::kError, 0};
  }
  const bool embeds = mentions(v.name, {"embed", "feature", "descriptor"});
  if (n->op == FloatOp::kRowNorm && !has_labels) {
    return {Measure::kCosine, last};
  }
  if ((is_one_of(n->onnx_op, {"LpNormalization"}) && !has_labels) || (embeds && axes.size() <= 2)) {
    return {Measure::kCosine, last};
  }
  if (n->op == FloatOp::kSoftmax || is_one_of(n->onnx_op, {"Softmax", "LogSoftmax"})) {
    const std::size_t axis = n->op == FloatOp::kSoftmax ? softmax_axis(graph, *n, v.shape).value_or(last) : last;
    return v.shape[axis] > 1 ? OutputMeasure{classes(axes), axis} : OutputMeasure{Measure::kError, 0};
  }
  if (mentions(v.name, {"box", "loc", "coord", "point", "landmark", "anchor", "offset", "regress", "hidden", "mask",
                        "variable", "transformed"})) {
    return {};
  }
  if (has_labels && axes.size() == 1) {
    return {Measure::kPrediction, last};
  }
  // Logits: what a matrix product makes of one row, or what says so.
  const bool linear = n->op == FloatOp::kMatMul || n->op == FloatOp::kAdd || n->op == FloatOp::kConv ||
                      n->op == FloatOp::kReduceMean || n->op == FloatOp::kAveragePool;
  if (mentions(v.name, {"logit", "scores", "class", "probab"})) {
    return {classes(axes), last};
  }
  return linear && axes.size() == 1 && v.shape.size() <= 2 ? OutputMeasure{Measure::kPrediction, last}
                                                           : OutputMeasure{};
}

}  // namespace

std::string_view measure_name(Measure measure) {
  static constexpr std::array<std::string_view, 7> kNames{"error",    "prediction", "positions", "side",
                                                          "integers", "cosine",     "tokens"};
  static_assert(kNames.size() == static_cast<std::size_t>(Measure::kTokens) + 1);
  return kNames[static_cast<std::size_t>(measure)];
}

bool gives_labels(const FloatGraph& graph) {
  return graph.outputs.size() > 1 && std::any_of(graph.outputs.begin(), graph.outputs.end(),
                                                 [&](std::uint32_t out) { return is_label(graph, out); });
}

std::vector<OutputMeasure> output_measures(const FloatGraph& graph, std::optional<Measure> forced) {
  const bool has_labels = gives_labels(graph);
  std::vector<OutputMeasure> out;
  for (const std::uint32_t output : graph.outputs) {
    OutputMeasure m = derived(graph, output, has_labels);
    if (forced && m.measure != Measure::kIntegers) {
      const std::vector<std::size_t> axes = long_axes(graph.values[output].shape);
      const bool had_classes = m.measure == Measure::kPrediction || m.measure == Measure::kPositions;
      const std::size_t axis = had_classes || axes.empty() ? m.axis : axes.back();
      const bool wants_classes = forced == Measure::kPrediction || forced == Measure::kPositions;
      m = {*forced, axis};
      if (wants_classes) {
        m.measure = axes.empty() ? Measure::kSide : classes(axes);
      } else if (axes.empty() && forced == Measure::kCosine) {
        m.measure = Measure::kError;
      }
    }
    out.push_back(m);
  }
  return out;
}

}  // namespace proofcard::graph
