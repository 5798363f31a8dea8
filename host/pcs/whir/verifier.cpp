#include "host/pcs/whir/verifier.hpp"

#include "host/pcs/whir/verifier_impl.hpp"

namespace proofcard::pcs::whir {

Status verify_opening(VerifierChannel& channel, const kernels::MerkleHash& hash, std::span<const Received> vectors,
                      std::span<const Claim<Value>> claims, unsigned security_bits) {
  RowOracle oracle(channel, hash);
  return verify_opening_with(channel, oracle, vectors, claims, security_bits, hash.function());
}

}  // namespace proofcard::pcs::whir
