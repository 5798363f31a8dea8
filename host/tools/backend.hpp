// The devices that this build knows, by the name that --device takes.
#pragma once

#include <string>

#include "host/base/result.hpp"
#include "host/prover/prover.hpp"

namespace proofcard::tools {

// "cpu", or "reference": slow and obvious, for tests. Errors: kDeviceFault for any other name.
Result<prover::Backend> find_backend(const std::string& device);

}  // namespace proofcard::tools
