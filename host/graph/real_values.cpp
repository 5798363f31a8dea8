#include "host/graph/real_values.hpp"

#include <cmath>

namespace proofcard::graph {

double nearest_step(const Quantisation& q, std::size_t element, double value) {
  constexpr std::int64_t kFloatSteps = std::int64_t{1} << 20;
  const bool is_float = q.hi - q.lo < kFloatSteps;
  return q.encoding.nearest(element, is_float ? static_cast<double>(static_cast<float>(value)) : value);
}

Result<IntVector> quantize_values(const Quantisation& quantisation, std::span<const double> values, bool saturate,
                                  const std::string& where, std::uint64_t* beyond) {
  const auto lo = static_cast<double>(quantisation.lo);
  const auto hi = static_cast<double>(quantisation.hi);
  IntVector out(narrowest_int_type(quantisation.lo, quantisation.hi), values.size());
  std::uint64_t num_beyond = 0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!std::isfinite(values[k]) && !quantisation.encoding.in_float_order()) {
      return bad_input(where, "expected finite values, found one that is not at element {}", k);
    }
    const double q = nearest_step(quantisation, k, values[k]);
    const bool is_beyond = q < lo || q > hi;
    if (!saturate && is_beyond) {
      return bad_input(where, "expected values from {} to {}, found one outside at element {}",
                       quantisation.encoding.real(k, quantisation.lo), quantisation.encoding.real(k, quantisation.hi),
                       k);
    }
    num_beyond += is_beyond ? 1 : 0;
    // Ends of 64 bits are not doubles: what rounds to one is that end.
    out.set(k, q <= lo ? quantisation.lo : q >= hi ? quantisation.hi : static_cast<std::int64_t>(q));
  }
  if (beyond != nullptr) {
    *beyond = num_beyond;
  }
  return out;
}

Result<std::vector<IntVector>> quantize_inputs(const Graph& graph, std::span<const std::vector<float>> inputs,
                                               bool saturate) {
  std::vector<std::vector<double>> reals;
  for (const std::vector<float>& values : inputs) {
    reals.emplace_back(values.begin(), values.end());
  }
  return quantize_reals(graph, reals, saturate);
}

Result<std::vector<IntVector>> quantize_reals(const Graph& graph, std::span<const std::vector<double>> inputs,
                                              bool saturate, std::vector<std::uint64_t>* beyond) {
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
    std::uint64_t of_input = 0;
    PROOFCARD_TRY(IntVector values, quantize_values({t.lo, t.hi, tensor::encoding(t)}, inputs[i], saturate,
                                                    "input " + t.name, &of_input));
    out.push_back(std::move(values));
    if (beyond != nullptr) {
      beyond->push_back(of_input);
    }
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
