// How two circuits differ in structure: what `inspect MODEL.vk --against MODEL.onnx` answers with.
#pragma once

#include <string>
#include <vector>

#include "host/circuit/circuit.hpp"

namespace proofcard::tools {

// Tensors (shape, role, width), relations, lookups and tables. Numbers that calibration and weights decide - scales,
// multipliers, table ranges - and names are not compared. Empty: the same architecture.
std::vector<std::string> structural_differences(const circuit::Circuit& found, const circuit::Circuit& expected);

// Whether the two are the same in every bit but the model's name.
bool identical(const circuit::Circuit& a, const circuit::Circuit& b);

}  // namespace proofcard::tools
