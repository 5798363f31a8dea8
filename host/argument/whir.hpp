// The argument with commitments by hashes: roots are read, the checks end in claims, the claims are opened.
//
// Transcript: in zero-knowledge mode "pads", the root of the commitment to the pads, and "pads.count", their number; from there to the
//             sums of the opening messages are hidden (transcript/channel.hpp). For the vector that is not the weights' (circuit/vectors.hpp), when there is one, "commit", the root of its word, and
//             "commit.answer", its answer (pcs/whir/commitment.hpp); argument/check.hpp; the opening (pcs/whir/protocol.hpp). The
//             weights' commitment stands in the key, whose digest is absorbed first; hidden ones have a mask, "commit.mask", the root
//             of its word.
#pragma once

#include "host/base/result.hpp"
#include "host/kernels/merkle_hash.hpp"
#include "host/statement/proof.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::argument {

// What the constraints of the channel are about.
struct Pads {
  hash::Digest root{};
  std::size_t num = 0;
};

inline constexpr std::size_t kMaxPads = std::size_t{1} << 20;

// In zero-knowledge mode what remains to be checked is that the committed pads satisfy the constraints of the channel; else nothing.
// Pre: vk.scheme is kHash; the channel does not hide yet. Errors: kRejected, where = stage.
Result<Pads> check_whir(VerifierChannel& channel, const kernels::MerkleHash& hash, const statement::VerifyingKey& vk,
                        const statement::Header& header);

// The same without pads, over any CheckingChannel C, its oracle O (pcs/whir/row_oracle.hpp) and public values P (public_values.hpp): the
// vectors, the checks, and the opening of their claims. The body is in whir_impl.hpp.
template <class C, class O, class P>
Status check_vectors(C& channel, O& oracle, const statement::VerifyingKey& vk, const P& publics, bool zero_knowledge);

// What a proof in zero-knowledge mode needs pads for, and how many products its constraints have: functions of the key. Errors: those of
// check().
struct PadCount {
  std::size_t num = 0;
  std::size_t num_products = 0;
};
Result<PadCount> count_pads(const statement::VerifyingKey& vk, const statement::Header& header);

}  // namespace proofcard::argument
