// The functions that trees, nonces and challenges of a proof with commitments by hashes are made of.
#pragma once

#include <cstdint>

namespace proofcard::hash {

enum class Function : std::uint8_t {
  kSha256,     // trees and nonces of SHA-256, challenges of SHAKE-256: fast on processors
  kPoseidon2,  // all of Poseidon2 (poseidon2.hpp): cheap inside of a circuit over Fr
};

// log2 of the children that a node has, but for the root of a kPoseidon2 tree, which has what is left.
constexpr unsigned log_arity(Function function) { return function == Function::kPoseidon2 ? 3 : 1; }

}  // namespace proofcard::hash
