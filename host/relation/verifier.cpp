#include "host/relation/verifier.hpp"

#include "host/relation/verifier_impl.hpp"

namespace proofcard::relation {

template Result<Reduced> verify_relations<VerifierChannel>(VerifierChannel&, const circuit::Circuit&, const Plan&,
                                                           std::span<const Fr>);

}  // namespace proofcard::relation
