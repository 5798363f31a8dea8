// What a chain proof's public words say, as a file of its verifier has it beside the Groth16 key: the key's own JSON in the form of snarkjs, which
// snarkjs reads as well, with a member "statement".
//
// Shape:  {"format": 1, "model", "vk_digest": hex, "batch", "context_word", "tensors": [{"side": "input" or "output", "name", "visibility",
//         "shape": as users see it, of one input, and of public ones "dims": of all inputs, "type": bits of an integer, "lo", "hi", "scale",
//         "channels": hex of tensor/encoding.hpp or "", "bits": a value, "first_word", "num_words"}]}. Words are those of wrap/public_words.hpp. Of keys by digest "format" is 2, and in place of
//         "context_word" stand "values", how many words there are, and "words_an_input", how many of each input of the batch:
//         "first_word" counts from the first of these.
// Errors: kBadInput, naming the file and the member.
#pragma once

#include <string>
#include <string_view>

#include "host/base/result.hpp"
#include "host/circuit/circuit.hpp"
#include "host/groth16/proof.hpp"
#include "host/statement/verifying_key.hpp"
#include "host/wrap/public_words.hpp"

namespace proofcard::tools {

// Inputs and outputs of a circuit, without what relates them: enough to pack and unpack public words, and to print them.
struct ChainStatement {
  std::string vk_digest;  // hexadecimal digits
  circuit::Circuit circuit;
  wrap::PublicForm form = wrap::PublicForm::kWords;

  bool by_digest() const { return form == wrap::PublicForm::kDigest; }
};

ChainStatement chain_statement(const statement::VerifyingKey& vk);

struct ChainVerifier {
  groth16::VerifyingKey key;
  ChainStatement statement;
};

std::string chain_verifier_json(const ChainVerifier& verifier);
Result<ChainVerifier> parse_chain_verifier(std::string_view text, const std::string& path);

}  // namespace proofcard::tools
