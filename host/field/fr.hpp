// Fr: the scalar field of BN254 (order of G1), 254 bits. The field of the proof system.
// p = 21888242871839275222246405745257275088548364400416034343698204186575808495617; p - 1 = 2^28 * odd.
#pragma once

#include "host/field/montgomery.hpp"

namespace proofcard {

struct FrParams {
  static constexpr U256 kModulus{0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029};
};
using Fr = MontgomeryField<FrParams>;

}  // namespace proofcard
