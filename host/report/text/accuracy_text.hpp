// The accuracy of an integer model in words and in JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "host/graph/quantize/accuracy/accuracy.hpp"

namespace proofcard::tools {

// What was measured. Few samples give no percentage, and an output that says nothing about its input no agreement.
std::string format_accuracy(const graph::AccuracyReport& report);

nlohmann::ordered_json to_json(const graph::AccuracyReport& report);

}  // namespace proofcard::tools
