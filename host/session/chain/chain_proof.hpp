// A chain proof as a file, and what its verifier says of it.
//
// Shape:  the JSON of snarkjs for a Groth16 proof, with two members more: "publicSignals", as public.json of snarkjs has them, and "calldata",
//         hexadecimal digits of the call verify(uint256[8],uint256[]) of its contract. Of keys by digest two more, "context", a number, and
//         "values", the words that the digest is of; the call is then verifyValues(uint256[8],uint256,uint256,uint256[]).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/kernels/msm.hpp"
#include "host/session/chain/chain_statement.hpp"
#include "host/statement/proof.hpp"

namespace proofcard::tools {

struct ChainProof {
  groth16::Proof proof;
  std::vector<Fr> signals;  // wrap/public_words.hpp
  // What the signals are of, with PublicForm::kDigest.
  struct Digested {
    Fr context;
    std::vector<Fr> words;
    bool operator==(const Digested&) const = default;
  };
  std::optional<Digested> digested{};
};

std::string chain_proof_json(const ChainProof& proof);
// Errors: kBadInput and kRejected as groth16/json.hpp has them; kRejected for calldata that is not the proof's, and for more values than a
// digest is of.
Result<ChainProof> parse_chain_proof(std::string_view text, const std::string& path);

// The public word of a context, 0 for none. Errors: kBadInput for a context that has the word of none.
Result<Fr> chain_context_word(const Bytes& context);

// The values that a proof states, by tensor of the statement's circuit. context: what it has to be made for; empty: one that is made for
// something is rejected. Errors: kRejected, where = stage; kBadInput, naming `key_path`, for a key for which anyone can forge proofs, and those of
// chain_context_word().
Result<statement::PublicTensors> verify_chain_proof(const ChainVerifier& verifier, const ChainProof& proof,
                                                    const Bytes& context, const kernels::Msm& msm,
                                                    const std::string& key_path, bool allow_unsafe_key = false);

}  // namespace proofcard::tools
