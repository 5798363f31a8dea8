// GKR for a sum of fractions, verifier. See gkr_prover.hpp for the protocol. Over any CheckingChannel C; its body is in gkr_verifier_impl.hpp.
#pragma once

#include <vector>

#include "host/base/result.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::lookup {

template <class C>
struct LeafClaimOver {
  std::vector<typename C::Number> point;
  typename C::Value p;  // claimed values of the leaf numerators and denominators there
  typename C::Value q;
};
using LeafClaim = LeafClaimOver<VerifierChannel>;

// The sum over 2^log_leaves leaves is 0, if the returned claims on the leaves are true. Errors: kRejected, stage
// "lookup".
template <class C>
Result<LeafClaimOver<C>> verify_fraction_sum(C& channel, unsigned log_leaves);
extern template Result<LeafClaim> verify_fraction_sum<VerifierChannel>(VerifierChannel&, unsigned);

}  // namespace proofcard::lookup
