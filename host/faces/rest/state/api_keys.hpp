// API keys: who may do what. The text of a key is "pc_ID_SECRET"; of the secret, 32 random bytes, the service keeps a hash.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/base/result.hpp"

namespace proofcard::rest {

// Each may do what those before it may.
enum class Role { kVerify, kProve, kAdmin };
const char* role_name(Role role);
std::optional<Role> role_of(std::string_view name);

struct ApiKey {
  std::string id;
  std::string secret;
  std::string text() const { return "pc_" + id + "_" + secret; }
};
// Errors: kIo, without randomness.
Result<ApiKey> make_api_key();
// Of a header "Bearer pc_ID_SECRET"; nothing for anything else.
std::optional<ApiKey> read_bearer(std::string_view authorization);

// As the store has it.
struct StoredKey {
  std::string id;
  std::string secret_hash;
  Role role = Role::kVerify;
  std::int64_t created_ms = 0;
};
std::string hash_secret(std::string_view secret);
// stored: nothing for an id that does not exist, which takes as long as a wrong secret.
bool is_right(const ApiKey& key, const std::optional<StoredKey>& stored);

// Who sent a request.
struct Caller {
  ApiKey key;
  Role role = Role::kVerify;
};

}  // namespace proofcard::rest
