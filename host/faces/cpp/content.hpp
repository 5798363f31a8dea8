// What is behind the handles of the public library.
#pragma once

#include <map>
#include <mutex>
#include <proofcard/keys.hpp>
#include <string>
#include <vector>

#include "host/formats/model_files.hpp"
#include "host/session/proving.hpp"

namespace proofcard {

struct Model::Content {
  tools::CompiledModel model;
  std::vector<std::string> notes;
  std::vector<std::string> warnings;
  std::string report;
};

struct VerifyingKey::Content {
  statement::VerifyingKey vk;
};

struct Commitment::Content {
  statement::Commitment commitment;
};

struct Opening::Content {
  statement::Opening opening;
};

struct ProverKey::Content {
  explicit Content(std::shared_ptr<const tools::ProverKey> k) : key(std::move(k)) {}

  std::shared_ptr<const tools::ProverKey> key;
  // By device: what the first proof there prepared.
  mutable std::mutex mutex{};
  mutable std::map<std::string, std::shared_ptr<const tools::ProvingSession>> sessions{};
};

// From handles to what is behind them, and back.
struct ContentAccess {
  template <class Handle>
  static const typename Handle::Content& of(const Handle& handle) {
    return *handle.content_;
  }
  template <class Handle>
  static Handle make(std::shared_ptr<const typename Handle::Content> content) {
    return Handle(std::move(content));
  }
};

namespace faces {

inline const statement::VerifyingKey& behind(const VerifyingKey& key) { return ContentAccess::of(key).vk; }
inline const statement::Opening& behind(const Opening& opening) { return ContentAccess::of(opening).opening; }
inline const statement::Commitment& behind(const Commitment& c) { return ContentAccess::of(c).commitment; }

inline Opening handle(statement::Opening opening) {
  return ContentAccess::make<Opening>(std::make_shared<const Opening::Content>(Opening::Content{std::move(opening)}));
}
inline Commitment handle(statement::Commitment commitment) {
  return ContentAccess::make<Commitment>(
      std::make_shared<const Commitment::Content>(Commitment::Content{std::move(commitment)}));
}
inline VerifyingKey handle(statement::VerifyingKey vk) {
  return ContentAccess::make<VerifyingKey>(
      std::make_shared<const VerifyingKey::Content>(VerifyingKey::Content{std::move(vk)}));
}

}  // namespace faces
}  // namespace proofcard
