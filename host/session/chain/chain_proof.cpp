#include "host/session/chain/chain_proof.hpp"

#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/formats/json_text.hpp"
#include "host/groth16/contract/calldata.hpp"
#include "host/groth16/json.hpp"
#include "host/groth16/key_check.hpp"
#include "host/groth16/verifier.hpp"
#include "host/wrap/public_digest.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

std::string call_of(const ChainProof& proof) {
  if (proof.digested) {
    return "0x" +
           hex(groth16::values_calldata(proof.proof, proof.digested->context, proof.signals[0], proof.digested->words));
  }
  return "0x" + hex(groth16::calldata(proof.proof, proof.signals, groth16::ContractFunction::kVerify));
}

Result<ChainProof::Digested> parse_digested(const ordered_json& json, const std::string& path) {
  const auto one = [&](const char* key) { return json.contains(key) ? json.at(key) : ordered_json(); };
  ChainProof::Digested out;
  PROOFCARD_TRY(const std::vector<Fr> context,
                groth16::parse_public(ordered_json::array({one("context")}).dump(), path + ": context"));
  out.context = context[0];
  PROOFCARD_TRY(out.words, groth16::parse_public(one("values").dump(), path + ": values"));
  if (out.words.size() > wrap::kMaxDigestWords) {
    return rejected("public words", "{}: values: expected at most {}, found {}", path, wrap::kMaxDigestWords,
                    out.words.size());
  }
  return out;
}

// Of words, 0 for none.
Status check_context(const Fr& found, const Fr& expected) {
  if (found != expected) {
    return rejected("context", "expected a proof that is made for {}, found one for {}",
                    expected.is_zero() ? "no context" : "this context",
                    found.is_zero()      ? "none"
                    : expected.is_zero() ? "one"
                                         : "another");
  }
  return {};
}

// What a proof by digest states: the signals are those of the values and of the context that it has to be made for.
Status check_digest(const ChainProof& proof, const Fr& context) {
  PROOFCARD_RETURN_IF_ERROR(check_context(proof.digested->context, context));
  const std::vector<Fr> expected = wrap::signals_of(wrap::PublicForm::kDigest, proof.digested->words, context);
  constexpr const char* kNames[] = {"the digest", "the value", "the challenge"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (proof.signals[i] != expected[i]) {
      return rejected("public words", "word {}: expected {} of these values, found another", i, kNames[i]);
    }
  }
  return {};
}

}  // namespace

std::string chain_proof_json(const ChainProof& proof) {
  ordered_json out = ordered_json::parse(groth16::proof_json(proof.proof));
  out["publicSignals"] = ordered_json::parse(groth16::public_json(proof.signals));
  if (proof.digested) {
    out["context"] = groth16::to_decimal(proof.digested->context.canonical());
    out["values"] = ordered_json::parse(groth16::public_json(proof.digested->words));
  }
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
  PROOFCARD_TRY(out.signals, groth16::parse_public(json.at("publicSignals").dump(), path + ": publicSignals"));
  if (json.contains("values") || json.contains("context")) {
    PROOFCARD_TRY(out.digested, parse_digested(json, path));
    if (out.signals.size() != wrap::kNumDigestSignals || out.digested->words.empty()) {
      return rejected("public words", "{}: expected {} public signals and at least one value, found {} and {}", path,
                      wrap::kNumDigestSignals, out.signals.size(), out.digested->words.size());
    }
  }
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
  PROOFCARD_TRY(const curve::G1Affine sum, groth16_verifier.sum_of_signals(msm, proof.signals));
  std::vector<std::string> weaknesses = groth16::key_weaknesses(verifier.key);
  if (const std::optional<std::string> weakness = groth16::statement_weakness(verifier.key, sum)) {
    weaknesses.push_back(*weakness);
  }
  if (!weaknesses.empty() && !allow_unsafe_key) {
    return bad_input(key_path, "not a safe key: {} (--allow-unsafe-key accepts it)", fmt::join(weaknesses, "; "));
  }
  PROOFCARD_RETURN_IF_ERROR(groth16_verifier.verify(msm, proof.proof, proof.signals));
  const ChainStatement& statement = verifier.statement;
  if (proof.digested.has_value() != statement.by_digest()) {
    return rejected("public words", "expected {}, found {}",
                    statement.by_digest() ? "the values that the digest is of" : "no values beside the words",
                    statement.by_digest() ? "none" : "some");
  }
  if (proof.digested) {
    PROOFCARD_TRY(statement::PublicTensors stated,
                  wrap::unpack(statement.circuit, statement.form, proof.digested->words));
    PROOFCARD_RETURN_IF_ERROR(check_digest(proof, context_word));
    return stated;
  }
  const std::span<const Fr> words = std::span(proof.signals).first(proof.signals.size() - 1);
  PROOFCARD_TRY(statement::PublicTensors stated, wrap::unpack(statement.circuit, statement.form, words));
  PROOFCARD_RETURN_IF_ERROR(check_context(proof.signals.back(), context_word));
  return stated;
}

}  // namespace proofcard::tools
