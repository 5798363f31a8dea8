// Powers of tau in the format of snarkjs made from known secrets, those of test_key.hpp.
#pragma once

#include "tests/groth16/test_key.hpp"

namespace proofcard::groth16::testing {

// prepared: with the sections that phase 2 needs. Without contributions. Parallel.
FileOfSections make_test_powers(unsigned power, bool prepared, const Secrets& secrets = {});

}  // namespace proofcard::groth16::testing
