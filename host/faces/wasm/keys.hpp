// Keys that were opened, by handles.
#pragma once

#include <cstdint>
#include <map>
#include <variant>

#include "host/session/proving.hpp"
#include "host/statement/verifying_key.hpp"

namespace proofcard::faces::wasm {

using OpenKey = std::variant<statement::VerifyingKey, tools::ProvingSession>;

inline std::map<std::uint32_t, OpenKey>& open_keys() {
  static std::map<std::uint32_t, OpenKey> keys;
  return keys;
}

inline std::uint32_t keep(OpenKey key) {
  static std::uint32_t next = 0;
  open_keys().emplace(++next, std::move(key));
  return next;
}

// Errors: kBadInput, no key, or one of the other kind.
template <class Key>
Result<Key*> find(std::uint32_t handle) {
  const auto found = open_keys().find(handle);
  Key* const key = found == open_keys().end() ? nullptr : std::get_if<Key>(&found->second);
  if (key == nullptr) {
    return bad_input("key", "expected an open key of this kind, found none");
  }
  return key;
}

}  // namespace proofcard::faces::wasm
