#include "host/tools/json_text.hpp"

#include <nlohmann/json.hpp>

#include "host/tools/files.hpp"

namespace proofcard::tools {

std::string json_text(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

void print_json(const nlohmann::ordered_json& json) { say("{}\n", json_text(json)); }

}  // namespace proofcard::tools
