// The circuit of a key: what the verifier of its proofs checks (host/argument), as constraints. It is recorded by running that verifier over
// wires, and there is no other description of it.
//
// Statement: the public signals of public_words.hpp have a proof of the key, whose digest is in the circuit's constants.
// Keys:      of proofs with Poseidon2 (pcs::is_inner), whose proofs are not zero-knowledge.
// Result:    a function of the key alone; of a proof only the values of wires.
#pragma once

#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/statement/proof.hpp"
#include "host/wrap/builder.hpp"

namespace proofcard::wrap {

struct VerifierCircuit {
  ConstraintSystem system;
  std::vector<Builder::PartCount> parts;
};

// Errors: kBadInput for a key of other proofs, and for one of no public values, or too many, by digest.
Result<VerifierCircuit> record_verifier(const statement::VerifyingKey& vk);

// Values of all wires for a proof, the constant 1 first. Errors: kRejected for what is no proof of the key that the circuit is satisfied by,
// where = the part of the circuit, or "parse". context: of keys with PublicForm::kDigest, whose inner proofs are made for none.
Result<std::vector<Fr>> verifier_values(const statement::VerifyingKey& vk, ByteView proof, const Fr& context = {});

}  // namespace proofcard::wrap
