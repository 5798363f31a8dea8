// An input of a model's file that is taken as a constant of the model, and so decides the circuit. Keys name such inputs.
#pragma once

#include <cstdint>
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

// Of a file: what is listed here is printed, and whoever reads a key has not chosen how long that is.
inline constexpr std::uint32_t kMaxFixedInputs = 64;
inline constexpr std::uint32_t kMaxFixedValues = 4096;  // of all together

// Pre: at least one. Files say by a flag of their own that there are any, so that those without are as before.
void write(ByteWriter& out, const std::vector<FixedInput>& fixed);
// Errors: none, too many, a name that is given twice, values that are not finite.
Result<std::vector<FixedInput>> read_fixed_inputs(ByteReader& in);

}  // namespace proofcard::tensor
