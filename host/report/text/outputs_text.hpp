// Outputs of a model (session/output_values.hpp) in words.
#pragma once

#include <string>
#include <vector>

#include "host/session/values/output_values.hpp"

namespace proofcard::tools {

// Readable: at most `max_values` of each output.
std::string format_outputs(const std::vector<OutputValues>& outputs, std::size_t max_values = 32);
// The same of several inputs, of the first ones and the first values; of one, as above.
std::string format_samples(const std::vector<std::vector<OutputValues>>& samples);

}  // namespace proofcard::tools
