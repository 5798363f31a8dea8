#include "host/hash/poseidon2_sponge.hpp"

#include "host/hash/poseidon2.hpp"

namespace proofcard::hash {

void SpongePermutation::operator()(std::span<Fr> state) const { permute(poseidon2(kSpongeWidth), state); }

}  // namespace proofcard::hash
