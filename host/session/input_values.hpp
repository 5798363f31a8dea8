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

// As many inputs as a key proves at once, one a row (many_samples), quantised for the model. `where` names the values; elements
// are named by index. Errors: those of expect_batch.
Result<std::vector<InputValues>> quantise_batch(const graph::Graph& graph, std::uint32_t batch, const Values& values,
                                                const std::string& where, bool saturate);

// Errors: kBadInput, another number of inputs than a key proves at once, naming both.
Status expect_batch(std::size_t found, std::uint32_t batch, const std::string& where);

// An error of quantize_inputs, with the file and what to do about values out of range.
Error explain_range(Error error, const std::string& where, bool saturate);

}  // namespace proofcard::tools
