// What a file holds, without a weight or a private value.
#pragma once

#include <proofcard/errors.hpp>
#include <proofcard/values.hpp>
#include <string>

namespace proofcard {

enum class FileKind {
  kModel,
  kProverKey,
  kVerifyingKey,
  kProof,
  kCommitment,
  kOpening,
  kSplitKey,
  kSplitProof,
  kOther
};

// By the first bytes; nothing is checked.
PROOFCARD_API FileKind file_kind(BytesView file);

// JSON, as `inspect --json` prints it of a model, key, proof, commitment, opening or manifest (docs/json.md). `name` stands for the bytes.
// Errors: BadInput for another or a damaged file.
PROOFCARD_API std::string inspect(BytesView file, const std::string& name);

}  // namespace proofcard
