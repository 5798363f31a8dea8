#include "host/formats/json_text.hpp"

#include <nlohmann/json.hpp>

namespace proofcard::tools {

std::string json_text(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace proofcard::tools
