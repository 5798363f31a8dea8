#include "host/session/chain_proof.hpp"

#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/formats/json_text.hpp"
#include "host/groth16/contract/calldata.hpp"
#include "host/groth16/json.hpp"
#include "host/groth16/key_check.hpp"
#include "host/groth16/verifier.hpp"
#include "host/wrap/public_words.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

std::string call_of(const ChainProof& proof) {
  return "0x" + hex(groth16::calldata(proof.proof, proof.words, groth16::ContractFunction::kVerify));
}

}  // namespace

std::string chain_proof_json(const ChainProof& proof) {
  ordered_json out = ordered_json::parse(groth16::proof_json(proof.proof));
  out["publicSignals"] = ordered_json::parse(groth16::public_json(proof.words));
  out["calldata"] = call_of(proof);
  return json_text(out, 1) + "\n";
}

Result<ChainProof> parse_chain_proof(std::string_view text, const std::string& path) {
  ChainProof out;
  PROOFCARD_TRY(out.proof, groth16::parse_proof(text, path));
  const ordered_json json = ordered_json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("publicSignals")) {
    return bad_input(path, "expected a member \"publicSignals\", as `proofcard chain prove` writes it, found none");
  }
  PROOFCARD_TRY(out.words, groth16::parse_public(json.at("publicSignals").dump(), path + ": publicSignals"));
  if (json.contains("calldata") && json.at("calldata") != call_of(out)) {
    return rejected("calldata", "{}: expected the call of this proof and these words, found another", path);
  }
  return out;
}

Result<Fr> chain_context_word(const Bytes& context) {
  const Fr word = statement::context_word(context);
  if (!context.empty() && word.is_zero()) {
    return bad_input("context",
                     "expected a number that is not 0 modulo the groups' order, which stands for no context, found {}",
                     hex(context));
  }
  return word;
}

Result<statement::PublicTensors> verify_chain_proof(const ChainVerifier& verifier, const ChainProof& proof,
                                                    const Bytes& context, const kernels::Msm& msm,
                                                    const std::string& key_path, bool allow_unsafe_key) {
  PROOFCARD_TRY(const Fr context_word, chain_context_word(context));
  const groth16::Verifier groth16_verifier(verifier.key);
  PROOFCARD_TRY(const curve::G1Affine sum, groth16_verifier.sum_of_signals(msm, proof.words));
  std::vector<std::string> weaknesses = groth16::key_weaknesses(verifier.key);
  if (const std::optional<std::string> weakness = groth16::statement_weakness(verifier.key, sum)) {
    weaknesses.push_back(*weakness);
  }
  if (!weaknesses.empty() && !allow_unsafe_key) {
    return bad_input(key_path, "not a safe key: {} (--allow-unsafe-key accepts it)", fmt::join(weaknesses, "; "));
  }
  PROOFCARD_RETURN_IF_ERROR(groth16_verifier.verify(msm, proof.proof, proof.words));
  PROOFCARD_TRY(wrap::Unpacked stated, wrap::unpack(verifier.statement.circuit, proof.words));
  if (stated.context != context_word) {
    return rejected("context", "expected a proof that is made for {}, found one for {}",
                    context.empty() ? "no context" : "this context",
                    stated.context.is_zero() ? "none"
                    : context.empty()        ? "one"
                                             : "another");
  }
  return std::move(stated.publics);
}

}  // namespace proofcard::tools
