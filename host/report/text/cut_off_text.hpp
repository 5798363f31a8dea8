// Values that a proof's model does not take as they are, in words and in JSON: inner ones that are cut off (session/cut_off.hpp),
// and given ones that were clipped (session/input_values.hpp).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "host/session/values/cut_off.hpp"
#include "host/session/values/input_values.hpp"

namespace proofcard::tools {

// Nothing when nothing is cut off.
std::string cut_off_warning(const std::vector<CutOffStep>& steps, std::uint64_t samples);
nlohmann::ordered_json to_json(const std::vector<CutOffStep>& steps);

// Nothing when nothing is clipped.
std::string clipped_warning(const ClippedTensors& clipped, std::uint64_t samples);
nlohmann::ordered_json to_json(const ClippedTensors& clipped);

}  // namespace proofcard::tools
