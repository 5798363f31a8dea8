#include "host/graph/quantize/accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "host/graph/executor.hpp"
#include "host/graph/node_tensors.hpp"
#include "host/graph/quantize/float_executor.hpp"
#include "host/graph/quantize/quantize.hpp"
#include "host/graph/quantize/simplify.hpp"

namespace proofcard::graph {
namespace {

constexpr std::size_t kSamplesForNodes = 16;

std::size_t position_of_max(const auto& values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

bool same_prediction(Prediction prediction, const FloatTensor& expected, const std::vector<double>& got) {
  switch (prediction) {
    case Prediction::kLargest:
      return position_of_max(expected.data) == position_of_max(got);
    case Prediction::kSide:
      return (expected.data[0] > 0.5F) == (got[0] > 0.5);
    case Prediction::kNone:
      break;
  }
  return false;
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
  std::vector<double> first_integers;
  std::vector<float> first_floats;
};

void add(OutputSums& sums, AccuracyReport::Output& out, const FloatTensor& expected, const std::vector<double>& got) {
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
      values[n.name + " (" + n.onnx_op + ")"] = n.output;
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

Prediction prediction_of(const Graph& graph) {
  const Shape& shape = graph.output_shapes[0];
  const auto long_axes = std::count_if(shape.begin(), shape.end(), [](std::uint32_t d) { return d > 1; });
  return long_axes == 1 ? Prediction::kLargest : long_axes == 0 ? Prediction::kSide : Prediction::kNone;
}

}  // namespace

Result<AccuracyReport> compare(const FloatGraph& float_graph, const Graph& graph, std::span<const Sample> samples) {
  AccuracyReport report;
  report.prediction = prediction_of(graph);
  report.outputs.resize(graph.outputs.size());
  std::vector<OutputSums> sums(graph.outputs.size());
  const FloatGraph simple = simplify(float_graph);
  NodeErrors nodes(simple, graph);
  Sink none;
  for (const Sample& sample : samples) {
    const bool look_inside = report.samples < kSamplesForNodes;
    PROOFCARD_TRY(const std::vector<FloatTensor> expected, run(float_graph, sample));
    if (look_inside) {
      PROOFCARD_RETURN_IF_ERROR(
          run(simple, sample, [&](std::uint32_t value, const FloatTensor& t) { nodes.observe(value, t); }));
    }
    PROOFCARD_TRY(const std::vector<IntVector> inputs, quantize_inputs(graph, sample, true));
    PROOFCARD_TRY(const std::vector<IntVector> outputs, execute(graph, inputs, look_inside ? nodes : none));
    const std::vector<std::vector<double>> got = dequantize_outputs(graph, outputs);
    for (std::size_t o = 0; o < got.size(); ++o) {
      add(sums[o], report.outputs[o], expected[o], got[o]);
    }
    ++report.samples;
    report.same_prediction += same_prediction(report.prediction, expected[0], got[0]) ? 1U : 0U;
  }
  for (std::size_t o = 0; o < sums.size(); ++o) {
    report.outputs[o].name = graph.tensors[graph.outputs[o]].name;
    finish(sums[o], report.samples, report.outputs[o]);
  }
  if (report.prediction == Prediction::kSide && (sums[0].low < 0 || sums[0].high > 1)) {
    report.prediction = Prediction::kNone;
    report.same_prediction = 0;
  }
  report.worst_node = nodes.worst();
  return report;
}

}  // namespace proofcard::graph
