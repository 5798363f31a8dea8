#include "host/argument/check.hpp"

#include "host/argument/check_impl.hpp"

namespace proofcard::argument {

template Result<std::vector<pcs::Claim<Value>>> check<VerifierChannel, StatedValues>(VerifierChannel&,
                                                                                     const statement::VerifyingKey&,
                                                                                     const StatedValues&);

}  // namespace proofcard::argument
