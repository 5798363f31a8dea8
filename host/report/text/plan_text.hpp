// Which integers a compiled model has, in words and in JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "host/session/plan_report.hpp"
#include "host/tensor/fixed_input.hpp"

namespace proofcard::tools {

// "8", "16" or "8 and 16".
std::string bits_text(unsigned bits);
// 8, 16 or [8, 16].
nlohmann::ordered_json bits_json(unsigned bits);

// NAME = VALUE, VALUE...
std::string format_fixed(const tensor::FixedInput& input);
// Inputs of the file that are constants of the model: a line, or nothing where there are none.
std::string fixed_inputs_text(const std::vector<tensor::FixedInput>& fixed);

// Nothing when the bits were asked for.
std::string format_plan(const PlanReport& plan);
nlohmann::ordered_json to_json(const PlanReport& plan);

}  // namespace proofcard::tools
