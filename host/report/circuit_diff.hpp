// How two circuits differ: what `inspect MODEL.vk --against MODEL.onnx` answers with.
#pragma once

#include <string>
#include <vector>

#include "host/circuit/circuit.hpp"

namespace proofcard::tools {

// Every field but the model's name, in readable words: where, expected, found. Empty exactly when the circuits are the same
// in every other byte. At most some twenty, the first ones.
std::vector<std::string> circuit_differences(const circuit::Circuit& found, const circuit::Circuit& expected);

}  // namespace proofcard::tools
