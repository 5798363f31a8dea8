// The verification key: the circuit in canonical form, the commitments to its weights, and the proof that the weights
// lie in their ranges. All that a verifier trusts about a model; its digest names the model.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"
#include "host/curve/g1.hpp"
#include "host/pcs/scheme.hpp"
#include "host/pcs/whir/commitment.hpp"

namespace proofcard::statement {

using Digest = std::array<std::uint8_t, 32>;

struct VerifyingKey {
  circuit::Circuit circuit;
  circuit::Layout layout;  // derived from the circuit, never read
  pcs::Scheme scheme{};
  // kHyrax: by layout column, row commitments of the weight columns; empty for the others.
  std::vector<std::vector<curve::G1Affine>> weight_rows;
  // kHash: of the weights' vector (circuit/vectors.hpp); nothing when there are no weights.
  std::optional<pcs::whir::Commitment> weight_vector{};
  Bytes weight_range_proof;  // for circuit::weight_range_circuit; empty when there are no weights
  // The numbers from which the circuit can be made again, given the model's architecture
  // (graph/quantize/quantisation_plan.hpp). A hint: no part of the digest, and of no meaning to a proof.
  Bytes quantisation;
  Digest digest{};  // of circuit, scheme and weight commitments
};

// Derive layout and digest.
VerifyingKey make_verifying_key(circuit::Circuit circuit, std::vector<std::vector<curve::G1Affine>> weight_rows);
VerifyingKey make_verifying_key(circuit::Circuit circuit, const pcs::Scheme& scheme,
                                std::optional<pcs::whir::Commitment> weight_vector);

// Whether keys of this circuit can have such commitments: none of its tensors is to be committed by itself, its vectors have
// codes, and these the wanted security. Errors: kBadInput.
Status check_hash_scheme(const circuit::Circuit& circuit, const circuit::Layout& layout, const pcs::Scheme& scheme);

// Points are stored uncompressed (checked on read).
void write(ByteWriter& out, const VerifyingKey& vk);
// Reads, validates and checks the soundness of the circuit (circuit/bounds.hpp), and that it can have such commitments. Does not
// check the weight range proof. hides_weights: of kHash with kSha256; keys of kPoseidon2 say themselves for how many proofs.
Result<VerifyingKey> read_verifying_key(ByteReader& in, pcs::Kind kind = pcs::Kind::kHyrax, bool hides_weights = false,
                                        hash::Function function = hash::Function::kSha256);

}  // namespace proofcard::statement
