// What is behind the handles of the public library.
#pragma once

#include <map>
#include <mutex>
#include <proofcard/keys.hpp>
#include <proofcard/split.hpp>
#include <string>
#include <vector>

#include "host/formats/atomic_files.hpp"
#include "host/formats/model_files.hpp"
#include "host/session/proving.hpp"
#include "host/session/values/committed_values.hpp"

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

struct SplitManifest::Content {
  statement::SplitKey key;
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

inline const statement::SplitKey& behind(const SplitManifest& manifest) { return ContentAccess::of(manifest).key; }

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

inline SplitManifest handle(statement::SplitKey key) {
  return ContentAccess::make<SplitManifest>(
      std::make_shared<const SplitManifest::Content>(SplitManifest::Content{std::move(key)}));
}
inline ProverKey handle(tools::ProverKey key) {
  return ContentAccess::make<ProverKey>(
      std::make_shared<const ProverKey::Content>(std::make_shared<const tools::ProverKey>(std::move(key))));
}

// What was prepared for proofs with this key on a device, or is now.
std::shared_ptr<const tools::ProvingSession> session(const ProverKey& key, const std::string& device, Stages& stages);

// Adds a key to what is to be written; another that stands there is kept unless `replace`.
void add_key(tools::OutputFiles& files, const std::string& path, const Bytes& content, const char* what, bool replace,
             tools::Access access);

// The statement of an accepted proof. weakest: the key that shows the most, of a model without parts its own.
Statement statement_of(const statement::VerifyingKey& vk, const statement::VerifyingKey& weakest, double security_bits,
                       const statement::Header& header, const statement::CommittedRows& committed);
tools::ExpectedCommitments expected_commitments(const circuit::Circuit& circuit, tools::Side side,
                                                const std::vector<Commitment>& commitments);
void expect_processor(const Control& control);

}  // namespace faces
}  // namespace proofcard
