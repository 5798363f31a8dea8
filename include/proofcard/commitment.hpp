// Values that stay hidden behind a commitment: shared by proofs, handed from one model to the next, opened later.
#pragma once

#include <memory>
#include <proofcard/errors.hpp>
#include <proofcard/values.hpp>
#include <string>

namespace proofcard {

class VerifyingKey;
struct ContentAccess;

// A .commit, for verifiers.
class PROOFCARD_API Commitment {
 public:
  static Commitment from_bytes(BytesView file, const std::string& name = "commitment");
  static Commitment load(const std::string& path);
  Bytes bytes() const;
  // 64 hexadecimal digits, which name the commitment.
  std::string digest() const;

  struct Content;  // the library's own

 private:
  friend struct ContentAccess;
  explicit Commitment(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

// A .opening: the values and their blinding. As secret as the values, and cannot be made again.
class PROOFCARD_API Opening {
 public:
  static Opening from_bytes(BytesView file, const std::string& name = "opening");
  static Opening load(const std::string& path);
  Bytes bytes() const;
  Commitment commitment() const;
  // NAME.commit, and NAME.opening, which only the owner can read. Errors: BadInput, also when other ones stand there, unless
  // `replace`.
  void save(const std::string& name, bool replace = false) const;

  struct Content;  // the library's own

 private:
  friend struct ContentAccess;
  explicit Opening(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

// Commits to the values of one input (or output) of a model that was compiled with that side committed. The blinding is fresh.
// values: one array for each tensor of the side. Errors: BadInput.
PROOFCARD_API Opening commit(const VerifyingKey& key, const Inputs& values, std::size_t index = 0, bool output = false,
                             bool saturate = false);

// The values behind a commitment. Errors: Rejected when the opening is not this commitment's.
PROOFCARD_API Output open(const Commitment& commitment, const Opening& opening);

}  // namespace proofcard
