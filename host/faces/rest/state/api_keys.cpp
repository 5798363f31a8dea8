#include "host/faces/rest/state/api_keys.hpp"

#include <algorithm>
#include <array>

#include "host/faces/rest/state/crypto.hpp"

namespace proofcard::rest {
namespace {

constexpr std::size_t kIdBytes = 6;
constexpr std::size_t kSecretBytes = 32;
constexpr std::array kRoleNames{"verify", "prove", "admin"};
static_assert(kRoleNames.size() == static_cast<std::size_t>(Role::kAdmin) + 1);

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return ('0' <= c && c <= '9') || ('a' <= c && c <= 'f'); });
}

}  // namespace

const char* role_name(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_of(std::string_view name) {
  const auto* const found = std::ranges::find(kRoleNames, name);
  return found == kRoleNames.end() ? std::nullopt : std::optional(static_cast<Role>(found - kRoleNames.begin()));
}

Result<ApiKey> make_api_key() {
  ApiKey out;
  PROOFCARD_TRY(out.id, random_hex(kIdBytes));
  PROOFCARD_TRY(out.secret, random_hex(kSecretBytes));
  return out;
}

std::optional<ApiKey> read_bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";  // in any case (RFC 9110, 11.1)
  constexpr std::string_view kBefore = "pc_";
  constexpr std::size_t kSize = kScheme.size() + kBefore.size() + 2 * kIdBytes + 1 + 2 * kSecretBytes;
  const auto is_same = [](char a, char lower) { return ('A' <= a && a <= 'Z' ? a - 'A' + 'a' : a) == lower; };
  if (authorization.size() != kSize || !std::ranges::equal(authorization.substr(0, kScheme.size()), kScheme, is_same) ||
      !authorization.substr(kScheme.size()).starts_with(kBefore)) {
    return std::nullopt;
  }
  authorization.remove_prefix(kScheme.size() + kBefore.size());
  const std::string_view id = authorization.substr(0, 2 * kIdBytes);
  const std::string_view secret = authorization.substr(id.size() + 1);
  if (authorization[id.size()] != '_' || !is_lower_hex(id) || !is_lower_hex(secret)) {
    return std::nullopt;
  }
  return ApiKey{std::string(id), std::string(secret)};
}

// The secret is as hard to guess as a key of 256 bits, so one round of a hash hides it.
std::string hash_secret(std::string_view secret) { return sha256_hex(secret); }

bool is_right(const ApiKey& key, const std::optional<StoredKey>& stored) {
  const std::string none(64, '-');
  return equal_constant_time(hash_secret(key.secret), stored ? stored->secret_hash : none) && stored.has_value();
}

}  // namespace proofcard::rest
