// An input of a model's file that is taken as a constant of the model, and so decides the circuit. Keys name such inputs.
#pragma once

#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard::tensor {

struct FixedInput {
  std::string name;            // in the file
  std::vector<double> values;  // an element for each of the input's own, row-major. Integers are exact up to 2^53
  bool operator==(const FixedInput&) const = default;
};

// Pre: at least one. Files say by a flag of their own that there are any, so that those without are as before.
void write(ByteWriter& out, const std::vector<FixedInput>& fixed);
// Errors: none, a name that is given twice, values that are not finite.
Result<std::vector<FixedInput>> read_fixed_inputs(ByteReader& in);

}  // namespace proofcard::tensor
