// Fq: the base field of BN254 (coordinates of G1), 254 bits.
// q = 21888242871839275222246405745257275088696311157297823662689037894645226208583; q = 3 mod 4.
#pragma once

#include "host/field/montgomery.hpp"

namespace proofcard {

struct FqParams {
  static constexpr U256 kModulus{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029};
};
using Fq = MontgomeryField<FqParams>;

}  // namespace proofcard
