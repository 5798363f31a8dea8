#include "host/tensor/fixed_input.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "host/base/text.hpp"

namespace proofcard::tensor {

void write(ByteWriter& out, const std::vector<FixedInput>& fixed) {
  out.u32(static_cast<std::uint32_t>(fixed.size()));
  for (const FixedInput& input : fixed) {
    out.string(input.name);
    out.u32(static_cast<std::uint32_t>(input.values.size()));
    for (const double value : input.values) {
      out.u64(std::bit_cast<std::uint64_t>(value));
    }
  }
}

Result<std::vector<FixedInput>> read_fixed_inputs(ByteReader& in) {
  PROOFCARD_TRY(const std::uint32_t inputs, in.count("fixed", 8));
  if (inputs == 0 || inputs > kMaxFixedInputs) {
    return bad_input(in.what(), "fixed: expected 1 to {} inputs, found {}", kMaxFixedInputs, inputs);
  }
  std::vector<FixedInput> out(inputs);
  std::uint32_t left = kMaxFixedValues;
  for (FixedInput& input : out) {
    PROOFCARD_TRY(input.name, read_name(in, "fixed.name"));
    if (std::ranges::count(out, input.name, &FixedInput::name) > 1) {
      return bad_input(in.what(), "fixed.name: expected every input once, found two of one name");
    }
    PROOFCARD_TRY(const std::uint32_t values, in.count("fixed.values", 8));
    if (values > left) {
      return bad_input(in.what(), "fixed.values: expected at most {} in all, found more", kMaxFixedValues);
    }
    left -= values;
    for (std::uint32_t i = 0; i < values; ++i) {
      PROOFCARD_TRY(const std::uint64_t bits, in.u64("fixed.value"));
      input.values.push_back(std::bit_cast<double>(bits));
      if (!std::isfinite(input.values.back())) {
        return bad_input(in.what(), "fixed.value: expected numbers, found one that is none");
      }
    }
  }
  return out;
}

}  // namespace proofcard::tensor
