// The argument with commitments by hashes: roots are read, the checks end in claims, the claims are opened.
//
// Transcript: for the vector that is not the weights' (circuit/vectors.hpp), when there is one, "commit", the root of its word, and
//             "commit.answer", its answer (pcs/whir/commitment.hpp); argument/check.hpp; the opening (pcs/whir/protocol.hpp). The
//             weights' commitment stands in the key, whose digest is absorbed first.
#pragma once

#include "host/base/result.hpp"
#include "host/kernels/merkle_hash.hpp"
#include "host/statement/proof.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::argument {

// Pre: vk.scheme is kHash; the channel does not hide. Errors: kRejected, where = stage.
Status check_whir(VerifierChannel& channel, const kernels::MerkleHash& hash, const statement::VerifyingKey& vk,
                  const statement::Header& header);

}  // namespace proofcard::argument
