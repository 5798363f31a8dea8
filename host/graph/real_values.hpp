// Between real numbers and the integers of a graph's inputs and outputs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/graph/graph.hpp"
#include "host/tensor/encoding.hpp"

namespace proofcard::graph {

// Canonical quantisation of one tensor: rounded half up. Beyond [lo, hi]: an error, or the nearest end when
// saturating.
struct Quantisation {
  std::int64_t lo = 0;
  std::int64_t hi = 0;
  tensor::Encoding encoding;
};
// The integer before it is brought into [lo, hi]. Values are float32 to the model, whatever a file holds, and become that
// first; those of tensors with more steps than a float32 tells apart are taken as they are.
double nearest_step(const Quantisation& q, std::size_t element, double value);
// `beyond` receives how many values lie outside.
Result<IntVector> quantize_values(const Quantisation& q, std::span<const double> values, bool saturate,
                                  const std::string& where, std::uint64_t* beyond = nullptr);

// The same for all inputs. `inputs` are flattened row-major, one for each graph input; `beyond` receives a number each.
Result<std::vector<IntVector>> quantize_inputs(const Graph& graph, std::span<const std::vector<float>> inputs,
                                               bool saturate);

Result<std::vector<IntVector>> quantize_reals(const Graph& graph, std::span<const std::vector<double>> inputs,
                                              bool saturate, std::vector<std::uint64_t>* beyond = nullptr);

// Real values of output tensors, given in the order of graph.outputs.
std::vector<std::vector<double>> dequantize_outputs(const Graph& graph, std::span<const IntVector> outputs);

}  // namespace proofcard::graph
