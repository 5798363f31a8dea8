// What a verifier trusts of a model that is split in parts: the parts' verification keys, and what flows between them. Its digest
// names all of it, as a key's digest names a model that is whole.
//
// Statement: one proof a part, in order, says "this input through all parts gave this output" when every tensor that flows from
//            one part into another has one commitment in both proofs (session/split_verifying.hpp). The whole's inputs are
//            the first part's, its outputs the last one's; all others are committed.
// Errors:    kBadInput for parts that are not such, and bytes that are not canonical.
#pragma once

#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/statement/committed.hpp"
#include "host/statement/proof.hpp"
#include "host/statement/security.hpp"
#include "host/statement/verifying_key.hpp"
#include "host/tensor/source.hpp"

namespace proofcard::statement {

inline constexpr std::uint32_t kMinParts = 2;
inline constexpr std::uint32_t kMaxParts = 64;

struct SplitKey {
  std::string model_name;
  std::vector<VerifyingKey> parts;
  std::vector<std::vector<tensor::Source>> sources;  // by part, by input
  // Where the integer graph was cut (host/graph/split.hpp). A hint like VerifyingKey::quantisation, and no part of the digest.
  std::vector<std::uint32_t> cuts;
  Digest digest{};
};

// The name of a part in its key, from 1: everybody reads there which part of what it is.
std::string part_name(const std::string& model_name, std::size_t part, std::size_t parts);
// The longest name of a model that leaves room for that.
inline constexpr std::size_t kMaxSplitNameBytes = 44;

// Checks that the parts are one model, and fills in the digest.
Result<SplitKey> make_split_key(std::string model_name, std::vector<VerifyingKey> parts,
                                std::vector<std::vector<tensor::Source>> sources, std::vector<std::uint32_t> cuts);

void write(ByteWriter& out, const SplitKey& key);
// Also checks the soundness of each circuit. Memory is bounded by a small multiple of the bytes read.
Result<SplitKey> read_split_key(ByteReader& in);

// The whole as a circuit that has nothing but its inputs and outputs, so that what is stated about them is told and compared
// as of any model.
circuit::Circuit outside(const SplitKey& key);
// Of proofs of all parts together: errors add up, and the weakest assumption counts.
Security estimate_security(const SplitKey& key);

}  // namespace proofcard::statement
