// Inputs of a model, from values in files or memory to integers.
#pragma once

#include <string>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/formats/values.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::tools {

// Integers for each of the model's inputs.
using InputValues = std::vector<IntVector>;

// Values of one tensor that lie beyond its range and were taken as the nearest end of it.
struct ClippedTensor {
  std::string name;
  std::uint64_t values = 0;
  std::uint64_t of = 0;       // so many, of the rows in which some were
  std::uint64_t rows = 0;     // in which some were
  std::size_t first_row = 0;  // of these, from 0
};
// Of those that have some, in the order of their first rows.
using ClippedTensors = std::vector<ClippedTensor>;

// One row. Errors: kBadInput, for another number of values, or one beyond its range unless saturating; "`where`: input NAME".
Result<InputValues> quantise_row(const graph::Graph& graph, std::size_t row, const RealSample& sample,
                                 const std::string& where, bool saturate, ClippedTensors& clipped);

// As many inputs as a key proves at once, one a row (many_samples), quantised for the model. `where` names the values; elements
// are named by index. Errors: those of expect_batch.
Result<std::vector<InputValues>> quantise_batch(const graph::Graph& graph, std::uint32_t batch, const Values& values,
                                                const std::string& where, bool saturate, ClippedTensors& clipped);

// Errors: kBadInput, another number of inputs than a key proves at once, naming both.
Status expect_batch(std::size_t found, std::uint32_t batch, const std::string& where);

}  // namespace proofcard::tools
