// Claim: what an opening is asked to prove, whatever the commitment scheme.
//
// Shape: the slot [offset, offset + 2^point.size()) of column number `column` has the multilinear value `value` at
//        `point`, which lists the variables from index bit 0 upwards. The offset is a multiple of the slot's size.
// V:     Fr for the prover, Value (host/transcript/value.hpp) for the verifier.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/poly/multilinear.hpp"

namespace proofcard::pcs {

template <class V>
struct Claim {
  std::uint32_t column = 0;
  std::size_t offset = 0;
  poly::Point point;
  V value;
};

}  // namespace proofcard::pcs
