#include <proofcard/inspect.hpp>

#include "host/faces/cpp/convert.hpp"
#include "host/formats/json_text.hpp"
#include "host/formats/model_files.hpp"
#include "host/report/json/inspect_json.hpp"

namespace proofcard {

FileKind file_kind(BytesView file) {
  switch (tools::file_kind(file)) {
    case tools::FileKind::kModel:
      return FileKind::kModel;
    case tools::FileKind::kProverKey:
      return FileKind::kProverKey;
    case tools::FileKind::kVerifierKey:
      return FileKind::kVerifyingKey;
    case tools::FileKind::kProof:
      return FileKind::kProof;
    case tools::FileKind::kCommitment:
      return FileKind::kCommitment;
    case tools::FileKind::kOpening:
      return FileKind::kOpening;
    case tools::FileKind::kSplitKey:
      return FileKind::kSplitKey;
    case tools::FileKind::kSplitProof:
      return FileKind::kSplitProof;
    case tools::FileKind::kOther:
      break;
  }
  return FileKind::kOther;
}

std::string inspect(BytesView file, const std::string& name) {
  faces::or_throw(isa_status());
  return tools::json_text(faces::or_throw(tools::inspect_json(file, name)));
}

}  // namespace proofcard
