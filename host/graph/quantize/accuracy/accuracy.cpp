#include "host/graph/quantize/accuracy/accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "host/graph/executor.hpp"
#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/node_tensors.hpp"
#include "host/graph/quantize/quantize.hpp"

namespace proofcard::graph {
namespace {

constexpr std::size_t kSamplesForNodes = 16;

// Calls body(start, stride, length) for every row of the tensor along the axis.
template <class Body>
void for_each_row(const Dims& shape, std::size_t axis, Body&& body) {
  const auto length = static_cast<std::size_t>(shape[axis]);
  const auto stride =
      static_cast<std::size_t>(count(Dims(shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end())));
  const auto size = static_cast<std::size_t>(count(shape));
  for (std::size_t outer = 0; outer < size; outer += length * stride) {
    for (std::size_t inner = 0; inner < stride; ++inner) {
      body(outer + inner, stride, length);
    }
  }
}

std::size_t position_of_max(const auto& values, std::size_t start, std::size_t stride, std::size_t length) {
  std::size_t best = 0;
  for (std::size_t k = 1; k < length; ++k) {
    best = values[start + k * stride] > values[start + best * stride] ? k : best;
  }
  return best;
}

double cosine(const std::vector<float>& a, const std::vector<double>& b, std::size_t start, std::size_t stride,
              std::size_t length) {
  double product = 0;
  double squares_a = 0;
  double squares_b = 0;
  for (std::size_t k = start; k < start + length * stride; k += stride) {
    const auto x = static_cast<double>(a[k]);
    product += x * b[k];
    squares_a += x * x;
    squares_b += b[k] * b[k];
  }
  return squares_a == 0 && squares_b == 0 ? 1 : product / std::max(std::sqrt(squares_a * squares_b), 1e-300);
}

// What execute() takes for a sample: of a model that generates, the tokens that the sample has, not those that it gives.
Result<std::vector<IntVector>> inputs_of(const Graph& graph, const Sample& sample) {
  const std::optional<std::uint32_t> again = fed_back(graph);
  const std::span<const std::vector<float>> given(sample.data(), sample.size() - (again ? 1 : 0));
  PROOFCARD_TRY(std::vector<IntVector> inputs, quantize_inputs(graph, given, true));
  if (again) {
    const Tensor& t = graph.tensors[*again];
    const std::vector<double> tokens(sample.back().begin(), sample.back().end());
    const Quantisation as_they_are{t.lo, t.hi, tensor::encoding(t)};
    PROOFCARD_TRY(inputs.emplace_back(), quantize_values(as_they_are, tokens, false, t.name));
  }
  return inputs;
}

// One output over all samples.
struct OutputSums {
  double error_squares = 0;
  double value_squares = 0;
  double count = 0;
  float low = 0;
  float high = 0;
  bool zero = true;         // the integers so far
  bool same = true;         // the integers so far, and
  bool same_floats = true;  // the float values, from sample to sample
  bool varies = false;      // what the float model predicts, from sample to sample
  std::vector<double> first_integers;
  std::vector<float> first_floats;
  std::vector<std::size_t> first_classes;
  PartErrors parts;
};

void add_agreement(OutputSums& sums, AccuracyReport::Output& out, const OutputMeasure& measure,
                   const FloatTensor& expected, const std::vector<double>& got) {
  std::vector<std::size_t> classes;
  const auto compare_one = [&](std::size_t in_floats, std::size_t in_integers) {
    classes.push_back(in_floats);
    ++out.compared;
    out.same += in_floats == in_integers ? 1U : 0U;
  };
  switch (measure.measure) {
    case Measure::kError:
      break;
    case Measure::kPrediction:
    case Measure::kPositions:
      for_each_row(expected.shape, measure.axis, [&](std::size_t start, std::size_t stride, std::size_t length) {
        compare_one(position_of_max(expected.data, start, stride, length), position_of_max(got, start, stride, length));
      });
      break;
    case Measure::kSide:
      compare_one(expected.data[0] > 0.5F ? 1 : 0, got[0] > 0.5 ? 1 : 0);
      break;
    case Measure::kIntegers:
    case Measure::kTokens:
      for (std::size_t k = 0; k < got.size(); ++k) {
        ++out.compared;
        out.same += std::abs(got[k] - static_cast<double>(expected.data[k])) < 0.5 ? 1U : 0U;
        sums.varies = sums.varies || (sums.count > 0 && expected.data[k] != sums.first_floats[k]);
      }
      break;
    case Measure::kCosine:
      for_each_row(expected.shape, measure.axis, [&](std::size_t start, std::size_t stride, std::size_t length) {
        out.least_cosine = std::min(out.least_cosine, cosine(expected.data, got, start, stride, length));
      });
      break;
  }
  sums.varies = sums.varies || (sums.count > 0 && classes != sums.first_classes);
  if (sums.count == 0) {
    sums.first_classes = std::move(classes);
  }
}

void add(OutputSums& sums, AccuracyReport::Output& out, const OutputMeasure& measure, const FloatTensor& expected,
         const std::vector<double>& got) {
  add_agreement(sums, out, measure, expected, got);
  if (measure.measure == Measure::kError) {
    sums.parts.add(expected, got);
  }
  if (sums.count == 0) {
    sums.first_integers = got;
    sums.first_floats = expected.data;
    sums.low = sums.high = expected.data[0];
  }
  for (std::size_t k = 0; k < got.size(); ++k) {
    const auto value = static_cast<double>(expected.data[k]);
    const double error = std::abs(got[k] - value);
    out.max_abs_error = std::max(out.max_abs_error, error);
    out.max_abs_value = std::max(out.max_abs_value, std::abs(value));
    out.mean_abs_error += error;
    sums.error_squares += error * error;
    sums.value_squares += value * value;
    sums.low = std::min(sums.low, expected.data[k]);
    sums.high = std::max(sums.high, expected.data[k]);
    sums.zero = sums.zero && got[k] == 0;
    sums.same = sums.same && got[k] == sums.first_integers[k];
    sums.same_floats = sums.same_floats && expected.data[k] == sums.first_floats[k];
  }
  sums.count += static_cast<double>(got.size());
}

void finish(const OutputSums& sums, std::size_t num_samples, AccuracyReport::Output& out) {
  out.mean_abs_error /= std::max(sums.count, 1.0);
  out.relative_error = sums.value_squares > 0   ? std::sqrt(sums.error_squares / sums.value_squares)
                       : sums.error_squares > 0 ? 1
                                                : 0;
  const double range = static_cast<double>(sums.high) - static_cast<double>(sums.low);
  out.range_error = range > 0 ? std::sqrt(sums.error_squares / std::max(sums.count, 1.0)) / range : 0;
  const bool has_classes = out.compared > 0;
  out.unvaried = num_samples > 1 && (has_classes ? !sums.varies : sums.same_floats);
  out.worst_part = sums.parts.worst();
  out.all_zero = sums.zero && sums.value_squares > 0;
  out.constant = sums.same && num_samples > 1 && !sums.same_floats;
}

// Results of integer nodes beside the float values that they stand for: those of the node of the same name, when the
// shape is the same too. Nodes that became parts of others, or several, are left out.
class NodeErrors : public Sink {
 public:
  NodeErrors(const FloatGraph& floats, const Graph& graph) : graph_(graph), errors_(graph.nodes.size()) {
    std::map<std::string, std::uint32_t> values;
    for (const FloatNode& n : floats.nodes) {
      values[node_name(n)] = n.output;
    }
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const std::string& name = graph.nodes[i].name;
      const std::size_t last = name.rfind(" + ");  // a sum is named after its nodes, in order
      const auto found = values.find(last == std::string::npos ? name : name.substr(last + 3));
      if (found != values.end()) {
        node_of_[found->second] = i;  // the last one, for nodes that take several steps
      }
    }
  }

  void observe(std::uint32_t value, const FloatTensor& tensor) {
    if (const auto found = node_of_.find(value); found != node_of_.end()) {
      expected_[found->second] = tensor;
    }
  }
  Status node(std::size_t index, const IntSpan& out, IntVector /*remainders*/) override {
    const auto found = expected_.find(index);
    const Tensor& t = graph_.tensors[node_output(graph_.nodes[index])];
    if (found == expected_.end() || without_ones(found->second.shape) != without_ones(t.shape)) {
      return {};
    }
    std::visit([&](const auto& values) { errors_[index].add(values, t.scale, found->second.data); }, out);
    return {};
  }
  std::optional<AccuracyReport::Node> worst() const {
    double largest = 0;
    for (const Error& e : errors_) {
      largest = std::max(largest, e.ratio());
    }
    for (std::size_t i = 0; i < errors_.size() && largest > 0; ++i) {
      if (errors_[i].ratio() >= largest / 2) {
        return AccuracyReport::Node{graph_.nodes[i].name, errors_[i].ratio()};
      }
    }
    return std::nullopt;
  }

 private:
  struct Error {
    double error_squares = 0;
    double value_squares = 0;
    template <class Integers>
    void add(const Integers& integers, double scale, const std::vector<float>& floats) {
      for (std::size_t k = 0; k < integers.size(); ++k) {
        const auto value = static_cast<double>(floats[k]);
        const double error = static_cast<double>(integers[k]) * scale - value;
        error_squares += error * error;
        value_squares += value * value;
      }
    }
    double ratio() const { return value_squares > 0 ? std::sqrt(error_squares / value_squares) : 0; }
  };

  template <class Axes>
  static std::vector<std::int64_t> without_ones(const Axes& shape) {
    std::vector<std::int64_t> out;
    std::copy_if(shape.begin(), shape.end(), std::back_inserter(out), [](auto d) { return d != 1; });
    return out;
  }
  const Graph& graph_;
  std::map<std::uint32_t, std::size_t> node_of_;  // by float value
  std::map<std::size_t, FloatTensor> expected_;   // by integer node, of the sample that runs
  std::vector<Error> errors_;                     // by integer node
};

}  // namespace

Result<Reference> reference(const FloatGraph& graph, std::span<const Sample> samples, std::optional<Measure> measure) {
  Reference out{samples, {}, output_measures(graph, measure), {}, takes_rows(graph)};
  for (const Sample& sample : samples) {
    PROOFCARD_TRY(std::vector<FloatTensor> outputs, run(graph, sample));
    for (std::size_t o = 0; o < outputs.size();
         ++o) {  // an error beside a number that is none would look like no error
      PROOFCARD_RETURN_IF_ERROR(check_finite(graph, graph.outputs[o], outputs[o], out.outputs.size()));
    }
    out.outputs.push_back(std::move(outputs));
  }
  PROOFCARD_TRY(out.between, between_samples(graph, samples));
  return out;
}

namespace {

// The largest error between samples of scores whose order is right, beside their largest value.
Status compare_between(const Reference& reference, const Graph& graph, std::size_t samples, AccuracyReport& report) {
  std::vector<double> off(report.outputs.size(), 0.0);
  std::vector<double> most(report.outputs.size(), 0.0);
  Sink none;
  for (std::size_t s = 0; s < std::min(samples, reference.between.inputs.size()); ++s) {
    PROOFCARD_TRY(const std::vector<IntVector> inputs, inputs_of(graph, reference.between.inputs[s]));
    PROOFCARD_TRY(const std::vector<IntVector> outputs, execute(graph, inputs, none));
    const std::vector<std::vector<double>> got = dequantize_outputs(graph, outputs);
    for (std::size_t o = 0; o < got.size(); ++o) {
      for (std::size_t k = 0; k < got[o].size(); ++k) {
        const auto value = static_cast<double>(reference.between.outputs[s][o].data[k]);
        off[o] = std::max(off[o], std::abs(got[o][k] - value));
        most[o] = std::max(most[o], std::abs(value));
      }
    }
  }
  for (std::size_t o = 0; o < off.size(); ++o) {
    AccuracyReport::Output& out = report.outputs[o];
    const Measure measure = out.measure;
    if (measure == Measure::kPrediction || measure == Measure::kPositions || measure == Measure::kSide) {
      out.between_error = off[o] / std::max({most[o], out.max_abs_value, 1e-30});
    }
  }
  return {};
}

}  // namespace

Result<AccuracyReport> compare(const Reference& reference, const Graph& graph, std::size_t samples,
                               const FloatGraph* prepared) {
  AccuracyReport report;
  report.of_rows = reference.of_rows;
  report.outputs.resize(graph.outputs.size());
  std::vector<OutputSums> sums(graph.outputs.size());
  NodeErrors nodes(prepared != nullptr ? *prepared : FloatGraph{}, graph);
  Sink none;
  std::vector<OutputMeasure> measures = reference.measures;
  if (fed_back(graph)) {
    measures[0] = {Measure::kTokens, 0};
  }
  for (std::size_t s = 0; s < std::min(samples, reference.samples.size()); ++s) {
    const Sample& sample = reference.samples[s];
    const bool look_inside = prepared != nullptr && report.samples < kSamplesForNodes;
    if (look_inside) {
      PROOFCARD_RETURN_IF_ERROR(
          run(*prepared, sample, [&](std::uint32_t value, const FloatTensor& t) { nodes.observe(value, t); }));
    }
    PROOFCARD_TRY(const std::vector<IntVector> inputs, inputs_of(graph, sample));
    PROOFCARD_TRY(const std::vector<IntVector> outputs, execute(graph, inputs, look_inside ? nodes : none));
    const std::vector<std::vector<double>> got = dequantize_outputs(graph, outputs);
    for (std::size_t o = 0; o < got.size(); ++o) {
      add(sums[o], report.outputs[o], measures[o], reference.outputs[s][o], got[o]);
    }
    ++report.samples;
  }
  for (std::size_t o = 0; o < sums.size(); ++o) {
    report.outputs[o].name = graph.tensors[graph.outputs[o]].name;
    report.outputs[o].measure = measures[o].measure;
    finish(sums[o], report.samples, report.outputs[o]);
  }
  PROOFCARD_RETURN_IF_ERROR(compare_between(reference, graph, samples, report));
  report.worst_node = nodes.worst();
  return report;
}

Result<AccuracyReport> compare(const FloatGraph& float_graph, const Graph& graph, std::span<const Sample> samples,
                               const FloatGraph* prepared) {
  PROOFCARD_TRY(const Reference floats, reference(float_graph, samples));
  return compare(floats, graph, samples.size(), prepared);
}

}  // namespace proofcard::graph
