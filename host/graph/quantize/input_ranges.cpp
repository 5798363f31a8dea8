#include "host/graph/quantize/input_ranges.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/graph/float_graph/moves.hpp"

namespace proofcard::graph {
namespace {

using Source = InputRange::Source;

constexpr double kDeviations = 4;  // within which columns of a table are taken to lie
constexpr double kPicture = 255;   // the largest value of a picture of bytes
constexpr std::size_t kPictureAxes = 3;
constexpr double kLargestRange = 1e30;

// Everything that reads the value, behind whatever only moves it.
void add_readers(const FloatGraph& graph, std::uint32_t value, std::vector<const FloatNode*>& out) {
  for (const FloatNode& n : graph.nodes) {
    if (std::find(n.inputs.begin(), n.inputs.end(), value) == n.inputs.end()) {
      continue;
    }
    const bool moves = n.op == FloatOp::kReshape || n.op == FloatOp::kTranspose || n.op == FloatOp::kSlice;
    if (moves) {
      add_readers(graph, n.output, out);
    } else {
      out.push_back(&n);
    }
  }
}

// The constant that the node combines the value with, whichever comes first; nullptr: none.
const FloatTensor* other_constant(const FloatGraph& graph, const FloatNode& n) {
  for (const std::uint32_t in : n.inputs) {
    if (graph.values[in].constant) {
      return &*graph.values[in].constant;
    }
  }
  return nullptr;
}

// real -> factor * real + added, for each of the numbers that stand in the constants.
struct Affine {
  std::vector<double> factor{1};
  std::vector<double> added{0};

  // False: the constant has another number of entries than those before.
  bool apply(const FloatNode& n, const FloatTensor& c, bool constant_first) {
    const std::size_t entries = std::max(factor.size(), c.data.size());
    if ((factor.size() != 1 && factor.size() != entries) || (c.data.size() != 1 && c.data.size() != entries)) {
      return false;
    }
    factor.resize(entries, factor[0]);
    added.resize(entries, added[0]);
    for (std::size_t i = 0; i < entries; ++i) {
      const auto value = static_cast<double>(c.data[c.data.size() == 1 ? 0 : i]);
      double by = 1;
      double plus = 0;
      switch (n.op) {
        case FloatOp::kAdd:
          plus = value;
          break;
        case FloatOp::kSub:
          by = constant_first ? -1 : 1;
          plus = constant_first ? value : -value;
          break;
        case FloatOp::kMul:
          by = value;
          break;
        default:
          by = 1 / value;  // kDiv
          break;
      }
      factor[i] *= by;
      added[i] = added[i] * by + plus;
    }
    return true;
  }
};

// What is done to the input first, as long as one node reads it and its successors: false when there is nothing.
bool read_affine(const FloatGraph& graph, std::uint32_t input, Affine& affine) {
  bool found = false;
  for (std::uint32_t value = input;;) {
    std::vector<const FloatNode*> readers;
    add_readers(graph, value, readers);
    if (readers.size() != 1) {
      return found;
    }
    const FloatNode& n = *readers[0];
    const bool constant_first = !n.inputs.empty() && graph.values[n.inputs[0]].constant.has_value();
    const bool is_affine = n.op == FloatOp::kAdd || n.op == FloatOp::kSub || n.op == FloatOp::kMul ||
                           (n.op == FloatOp::kDiv && !constant_first);
    const FloatTensor* c = other_constant(graph, n);
    if (!is_affine || c == nullptr || !affine.apply(n, *c, constant_first)) {
      return found;
    }
    found = true;
    value = n.output;
  }
}

std::optional<InputRange> of_normalisation(const FloatGraph& graph, std::uint32_t input) {
  Affine affine;
  if (!read_affine(graph, input, affine)) {
    return std::nullopt;
  }
  const Dims& shape = graph.values[input].shape;
  const auto axes = std::count_if(shape.begin(), shape.end(), [](std::int64_t d) { return d > 1; });
  const bool is_picture = shape.size() >= kPictureAxes && axes >= 2;
  std::vector<double> mean;
  std::vector<double> deviation;
  for (std::size_t i = 0; i < affine.factor.size(); ++i) {
    mean.push_back(-affine.added[i] / affine.factor[i]);
    deviation.push_back(std::abs(1 / affine.factor[i]));
    if (!(std::abs(mean.back()) + kDeviations * deviation.back() < kLargestRange)) {
      return std::nullopt;
    }
  }
  const double least = *std::min_element(mean.begin(), mean.end());
  const double most = *std::max_element(mean.begin(), mean.end());
  const double spread = *std::max_element(deviation.begin(), deviation.end());
  const bool of_bytes = spread > 1 && spread <= kPicture + 1 && least >= 0 && most <= kPicture;
  if (is_picture) {
    if (of_bytes) {
      return InputRange{Source::kNormalised, {0}, {kPicture}};
    }
    const bool of_ones = spread <= 1 && least > 0 && most < 1;
    return of_ones ? std::optional(InputRange{Source::kNormalised, {0}, {1}}) : std::nullopt;
  }
  // Columns of a table have means of their own; one factor alone says nothing.
  if (shape.empty() || mean.size() < 2 || mean.size() != static_cast<std::size_t>(shape.back())) {
    return std::nullopt;
  }
  InputRange out{Source::kNormalised, {}, {}};
  for (std::size_t i = 0; i < mean.size(); ++i) {
    out.low.push_back(mean[i] - kDeviations * deviation[i]);
    out.high.push_back(mean[i] + kDeviations * deviation[i]);
  }
  return out;
}

InputRange range_of(const FloatGraph& graph, std::uint32_t input) {
  const FloatValue& v = graph.values[input];
  std::vector<const FloatNode*> readers;
  add_readers(graph, input, readers);
  if (v.integers) {
    constexpr double kSmall = 127;  // of integers that samples are to say
    return v.integers->sampled
               ? InputRange{Source::kMadeUp, {0}, {kSmall}}
               : InputRange{
                     Source::kType, {static_cast<double>(v.integers->lo)}, {static_cast<double>(v.integers->hi)}};
  }
  if (readers.size() == 1) {
    const FloatNode& n = *readers[0];
    const auto low = static_cast<double>(n.alpha);
    const auto high = static_cast<double>(n.beta);
    if (n.op == FloatOp::kClip && low < high && high - low < kLargestRange) {
      return {Source::kClip, {low}, {high}};
    }
    if ((n.op == FloatOp::kFakeQuantize || n.op == FloatOp::kQuantised) && n.ints.size() > 1 && low > 0) {
      return {Source::kQuantised,
              {low * (static_cast<double>(n.ints[0]) - high)},
              {low * (static_cast<double>(n.ints[1]) - high)}};
    }
  }
  return of_normalisation(graph, input).value_or(InputRange{});
}

}  // namespace

std::vector<InputRange> input_ranges(const FloatGraph& graph) {
  std::vector<InputRange> out;
  std::transform(graph.inputs.begin(), graph.inputs.end(), std::back_inserter(out),
                 [&](std::uint32_t input) { return range_of(graph, input); });
  return out;
}

std::string source_text(const InputRange& range) {
  switch (range.source) {
    case Source::kMadeUp:
      return "made up";
    case Source::kType:
      return "its type, or the table that it indexes";
    case Source::kClip:
      return "the Clip that reads it";
    case Source::kQuantised:
      return "the model's own quantisation";
    case Source::kNormalised:
      return "its normalisation";
  }
  return "";
}

}  // namespace proofcard::graph
