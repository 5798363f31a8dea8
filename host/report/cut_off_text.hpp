// Inner values that are cut off (session/cut_off.hpp), in words and in JSON.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "host/session/cut_off.hpp"

namespace proofcard::tools {

// Nothing when nothing is cut off.
std::string cut_off_warning(const std::vector<CutOffStep>& steps, std::uint64_t samples);
nlohmann::ordered_json to_json(const std::vector<CutOffStep>& steps);

}  // namespace proofcard::tools
