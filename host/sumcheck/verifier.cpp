#include "host/sumcheck/verifier.hpp"

#include "host/sumcheck/verifier_impl.hpp"

namespace proofcard::sumcheck {

template Result<Reduction> verify_batched<VerifierChannel>(VerifierChannel&, std::span<const Claim>);

}  // namespace proofcard::sumcheck
