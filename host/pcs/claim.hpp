// Claim: what an opening is asked to prove, whatever the commitment scheme.
//
// Shape: the slot [offset, offset + 2^point.size()) of column number `column` has the multilinear value `value` at
//        `point`, which lists the variables from index bit 0 upwards. The offset is a multiple of the slot's size.
// V, N:  Fr for the prover, Value and Number of its channel (host/transcript/checking_channel.hpp) for the verifier.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/field/fr.hpp"

namespace proofcard::pcs {

template <class V, class N = Fr>
struct Claim {
  std::uint32_t column = 0;
  std::size_t offset = 0;
  std::vector<N> point;
  V value;
};

template <class C>
using ClaimOver = Claim<typename C::Value, typename C::Number>;

}  // namespace proofcard::pcs
