#include "host/kernels/merkle_hash.hpp"

#include "host/hash/poseidon2.hpp"
#include "host/hash/sha256.hpp"
#include "host/kernels/merkle_messages.hpp"

namespace proofcard::kernels {

bool nonce_fits(hash::Function function, const Digest& seed, std::uint64_t nonce, unsigned bits) {
  if (function == hash::Function::kPoseidon2) {
    const std::optional<Fr> element = hash::to_element(seed);
    return element && detail::ends_with_zeros(hash::hash_pair(*element, nonce, hash::PairTag::kNonce), bits);
  }
  return detail::begins_with_zeros(hash::sha256(detail::nonce_message(seed, nonce)), bits);
}

}  // namespace proofcard::kernels
