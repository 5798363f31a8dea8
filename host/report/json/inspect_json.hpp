// What a file of ours holds, as JSON: never a weight. The fields are in docs/json.md.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/statement/verifying_key.hpp"

namespace proofcard::tools {

// The beginning of every file's JSON.
nlohmann::ordered_json file_json(const std::string& path, const char* kind, std::size_t bytes);

// bits: of the model, where the file says them, as a prover key does.
nlohmann::ordered_json key_json(const std::string& path, const statement::VerifyingKey& vk, std::size_t bytes,
                                std::optional<std::uint32_t> bits);

// `path` names the file. Errors: kBadInput for a damaged file, or one of no kind of ours.
Result<nlohmann::ordered_json> inspect_json(ByteView file, const std::string& path);

}  // namespace proofcard::tools
