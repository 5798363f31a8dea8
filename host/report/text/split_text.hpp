// A split model's manifest in words.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "host/base/result.hpp"
#include "host/statement/split_key.hpp"

namespace proofcard::tools {

// A line for each part: what its proof is estimated to cost, and what it hands over to which parts.
std::string format_parts(const statement::SplitKey& key);
// What a verifier relies on: the digest, who sees what, and the parts. `path` names the file of so many bytes.
std::string describe_split(const statement::SplitKey& key, const std::string& path, std::size_t bytes);
nlohmann::ordered_json split_json(const statement::SplitKey& key, const std::string& path, std::size_t bytes);

}  // namespace proofcard::tools
