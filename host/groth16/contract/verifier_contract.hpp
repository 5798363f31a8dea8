// A Solidity contract that verifies the proofs of one key, with the key in its code.
//
// Source:  the equation of verifier.hpp, as one call of the pairing precompile of EIP-197: e(A, B) e(alpha, -beta) e(X, -gamma)
//          e(C, -delta) = 1, X = IC[0] + sum_i x_i IC[i] by the precompiles of EIP-196. The key's points of G2 are negated
//          here, so that the contract negates nothing: a proof's numbers reach the precompile as they are, and it refuses
//          those that are not below q, off the curve or outside G2.
// Form:    no imports; two functions. verify(uint256[8], uint256[]) says true or reverts with the reason;
//          verifyProof(...) takes and answers what the contract of snarkjs does.
// Values:  with num_values the circuit's public signals are D, e and r, as wrap/public_digest.hpp has them, of so many words. One more function,
//          verifyValues(uint256[8], uint256, uint256, uint256[]), takes a context, D and the words, and computes e and r.
// Errors:  kBadInput for a name that is none of Solidity, for more public signals than a contract has room for, and with num_values
//          for another number than three.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/result.hpp"
#include "host/groth16/proof.hpp"
#include "host/hash/digest.hpp"

namespace proofcard::groth16 {

// Of a contract's 24,576 bytes (EIP-170) a signal takes about 90 as solc 0.8.37 compiles it with its optimizer.
inline constexpr std::size_t kMaxContractSignals = 200;

struct ContractContent {
  // Of NatSpec, behind the contract's description: "@custom:..." and what follows. Characters that could end a line or begin a tag are
  // replaced in notes.
  std::vector<std::pair<std::string, std::string>> notes{};  // tag, text
  std::size_t num_values = 0;                                // 0: the signals are any
};

Result<std::string> verifier_contract(const VerifyingKey& vk, const std::string& name,
                                      const ContractContent& content = {});

// Keccak-256 of the key's numbers: alpha, beta, gamma, delta, IC, big-endian, of Fq2 the part with u first, as the
// contract says it (KEY_DIGEST).
hash::Digest key_digest(const VerifyingKey& vk);

}  // namespace proofcard::groth16
