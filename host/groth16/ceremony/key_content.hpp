// All of a .zkey in memory, to be changed and written again.
//
// Order:  the sections come as snarkjs writes them, which is one order for a new key and another for one with
//         contributions, so that files can be compared byte by byte.
#pragma once

#include <vector>

#include "host/groth16/zkey.hpp"

namespace proofcard::groth16 {

struct KeyContent {
  ZkeyHeader header;
  Bytes coefficients;  // section 4 as it is
  std::vector<curve::G1Affine> a, b1, c, h;
  std::vector<curve::G2Affine> b2;
  Contributions contributions;
};

// Reads and checks every point and coefficient.
Result<KeyContent> read_key(const Zkey& zkey);
Bytes key_bytes(const KeyContent& key);

}  // namespace proofcard::groth16
