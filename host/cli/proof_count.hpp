// How many proofs a prover key has made whose weights are hidden for so many only: a file beside it, OUT.pk.count, which `setup` writes
// and `prove` counts up before a proof is begun.
//
// Content: "proofcard proofs", the key's digest in hexadecimal, the count in ten digits, one line. Mode 0600.
// Limits:  a copy of key and count counts for itself, and a count from a backup is too low: keeping one of each is the operator's.
#pragma once

#include <cstdint>
#include <string>

#include "host/base/result.hpp"
#include "host/statement/verifying_key.hpp"

namespace proofcard::tools {

std::string proof_count_path(const std::string& pk_path);

// Of a new key.
std::string new_proof_count(const statement::VerifyingKey& vk);

// One more; on disk before it returns, and no two processes get the same. Errors: kBadInput when vk.scheme.max_proofs were made, and
// for a file that is missing or another key's; kIo.
Status count_proof(const std::string& pk_path, const statement::VerifyingKey& vk);

}  // namespace proofcard::tools
