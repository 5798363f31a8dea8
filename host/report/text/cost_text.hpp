// What a proof will cost (session/cost.hpp), in words and in JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "host/session/cost.hpp"

namespace proofcard::tools {

// One line.
std::string format_cost(const Cost& cost);
nlohmann::ordered_json to_json(const Cost& cost);

}  // namespace proofcard::tools
