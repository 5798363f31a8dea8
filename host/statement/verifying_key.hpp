// The verification key: the circuit in canonical form, the commitments to its weights, and the proof that the weights
// lie in their ranges. All that a verifier trusts about a model; its digest names the model.
#pragma once

#include <array>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"
#include "host/curve/g1.hpp"

namespace proofcard::statement {

using Digest = std::array<std::uint8_t, 32>;

struct VerifyingKey {
  circuit::Circuit circuit;
  circuit::Layout layout;  // derived from the circuit, never read
  // By layout column: row commitments of the weight columns; empty for the others.
  std::vector<std::vector<curve::G1Affine>> weight_rows;
  Bytes weight_range_proof;  // for circuit::weight_range_circuit; empty when there are no weights
  // The numbers from which the circuit can be made again, given the model's architecture
  // (graph/quantize/quantisation_plan.hpp). A hint: no part of the digest, and of no meaning to a proof.
  Bytes quantisation;
  Digest digest{};  // of circuit and weight commitments
};

// Derives layout and digest.
VerifyingKey make_verifying_key(circuit::Circuit circuit, std::vector<std::vector<curve::G1Affine>> weight_rows);

// Points are stored uncompressed (checked on read).
void write(ByteWriter& out, const VerifyingKey& vk);
// Reads, validates and checks the soundness of the circuit (circuit/bounds.hpp). Does not check the weight range proof.
Result<VerifyingKey> read_verifying_key(ByteReader& in);

}  // namespace proofcard::statement
