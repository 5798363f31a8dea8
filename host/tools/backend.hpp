// The devices that this build knows, by the name that --device takes.
#pragma once

#include <string>

#include "host/base/result.hpp"
#include "host/prover/prover.hpp"

namespace proofcard::tools {

// "cpu"; "reference", slow and obvious, for tests; or a card (host/device/device.hpp), whose sums run there while the
// rest of the proof stays on the CPU. Errors: kDeviceFault for any other name, and for a card that cannot be opened.
Result<prover::Backend> find_backend(const std::string& device);

}  // namespace proofcard::tools
