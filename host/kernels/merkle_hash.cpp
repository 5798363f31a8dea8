#include "host/kernels/merkle_hash.hpp"

#include "host/hash/sha256.hpp"
#include "host/kernels/merkle_messages.hpp"

namespace proofcard::kernels {

bool nonce_fits(const Digest& seed, std::uint64_t nonce, unsigned bits) {
  return detail::begins_with_zeros(hash::sha256(detail::nonce_message(seed, nonce)), bits);
}

}  // namespace proofcard::kernels
