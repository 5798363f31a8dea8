#include "host/report/json/inspect_json.hpp"

#include "host/base/text.hpp"
#include "host/formats/model_files.hpp"
#include "host/report/against.hpp"
#include "host/report/json/describe_json.hpp"
#include "host/report/text/cost_text.hpp"
#include "host/report/text/plan_text.hpp"
#include "host/report/text/split_text.hpp"
#include "host/session/cost.hpp"
#include "host/session/setup.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

ordered_json proof_json(const std::string& path, const ProofHead& head, std::size_t bytes) {
  ordered_json json = file_json(path, "proof", bytes);
  json.update({{"zero_knowledge", head.mode.zero_knowledge},
               {"seeded", head.mode.seeded},
               {"vk_digest", head.vk_digest},
               {"context", head.context.empty() ? ordered_json(nullptr) : ordered_json(head.context)},
               {"verified", false}});
  return json;
}

Result<ordered_json> model_json(const std::string& path, const CompiledModel& model, std::size_t bytes) {
  PROOFCARD_TRY(const circuit::Circuit circuit, compile::compile(model.graph, model.options));
  ordered_json json = file_json(path, "compiled model", bytes);
  json["bits"] = bits_json(model.plan.bits);
  json.update(circuit_json(circuit, circuit::make_layout(circuit)));
  json["estimate"] = to_json(estimate_cost(circuit));
  return json;
}

}  // namespace

ordered_json file_json(const std::string& path, const char* kind, std::size_t bytes) {
  return {{"file", path}, {"kind", kind}, {"bytes", bytes}};
}

ordered_json key_json(const std::string& path, const statement::VerifyingKey& vk, std::size_t bytes,
                      std::optional<std::uint32_t> bits) {
  ordered_json json = file_json(path, bits ? "prover key" : "verification key", bytes);
  json["vk_digest"] = hex(vk.digest);
  json["weights_hidden"] = hides_weights(vk);
  if (bits) {
    json["bits"] = bits_json(*bits);
  }
  json["commitments"] = commitments_name(vk.scheme);
  json["max_proofs"] =
      vk.scheme.max_proofs == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(vk.scheme.max_proofs);
  json.update(circuit_json(vk.circuit, vk.layout, vk.scheme));
  return json;
}

Result<ordered_json> inspect_json(ByteView file, const std::string& path) {
  switch (file_kind(file)) {
    case FileKind::kModel: {
      PROOFCARD_TRY(const CompiledModel model, decode_model(file, path));
      return model_json(path, model, file.size());
    }
    case FileKind::kProverKey: {
      PROOFCARD_TRY(const ProverKey key, decode_prover_key(file, path));
      return key_json(path, key.vk, file.size(), key.model.plan.bits);
    }
    case FileKind::kVerifierKey: {
      PROOFCARD_TRY(const statement::VerifyingKey vk, decode_verifying_key(file, path));
      return key_json(path, vk, file.size(), std::nullopt);
    }
    case FileKind::kProof: {
      PROOFCARD_TRY(const ProofHead head, read_proof_head(file, path));
      return proof_json(path, head, file.size());
    }
    case FileKind::kCommitment: {
      PROOFCARD_TRY(const statement::Commitment commitment, decode_commitment(file, path));
      ordered_json json = file_json(path, "commitment", file.size());
      json["digest"] = hex(statement::digest(commitment));
      json.update(descriptor_json(commitment.descriptor));
      return json;
    }
    case FileKind::kOpening: {
      PROOFCARD_TRY(const statement::Opening opening, decode_opening(file, path));
      ordered_json json = file_json(path, "opening", file.size());
      json.update(descriptor_json(opening.descriptor));
      return json;
    }
    case FileKind::kSplitKey: {
      PROOFCARD_TRY(const statement::SplitKey key, decode_split_key(file, path));
      return split_json(key, path, file.size());
    }
    case FileKind::kSplitProof: {
      PROOFCARD_TRY(const std::vector<ByteView> proofs, decode_split_proof(file, path));
      ordered_json json = file_json(path, "split proof", file.size());
      json["proofs"] = ordered_json::array();
      for (const ByteView proof : proofs) {
        PROOFCARD_TRY(const ProofHead head, read_proof_head(proof, path));
        json["proofs"].push_back(proof_json(path, head, proof.size()));
      }
      json["verified"] = false;
      return json;
    }
    case FileKind::kOther:
      break;
  }
  return bad_input(path, "expected a model, key, proof, commitment or opening, found {}", describe_content(file));
}

}  // namespace proofcard::tools
