#include "host/lookup/gkr_verifier.hpp"

#include "host/lookup/gkr_verifier_impl.hpp"

namespace proofcard::lookup {

template Result<LeafClaim> verify_fraction_sum<VerifierChannel>(VerifierChannel&, unsigned);

}  // namespace proofcard::lookup
