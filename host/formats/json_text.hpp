// JSON as we write it, for files and for standard output.
//
// All of it is ASCII: other characters are \u escapes, and bytes that are not UTF-8 become U+FFFD, so that text from
// files can neither make it invalid nor steer a terminal.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace proofcard::tools {

// Without a line break at the end; in one line when indent is -1.
std::string json_text(const nlohmann::ordered_json& json, int indent = 2);
}  // namespace proofcard::tools
