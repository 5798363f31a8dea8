// The accuracy of an integer model in words and in JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "host/graph/quantize/accuracy.hpp"

namespace proofcard::tools {

// What was measured. Few samples give no percentage, and an output that says nothing about its input no agreement.
std::string format_accuracy(const graph::AccuracyReport& report);

// How the model was compiled, as far as advice depends on it.
struct AccuracyContext {
  std::uint32_t bits = 8;
  bool calibrated = true;
};
// What is wrong, where it begins and what to do; empty when the integer model is close enough.
std::string accuracy_warning(const graph::AccuracyReport& report, const AccuracyContext& context);

nlohmann::ordered_json to_json(const graph::AccuracyReport& report);

}  // namespace proofcard::tools
