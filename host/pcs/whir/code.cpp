#include "host/pcs/whir/code.hpp"

#include <algorithm>

namespace proofcard::pcs::whir {
namespace {

// Longer vectors get fewer rows, for their words have to be kept: docs/hash-commitments.md, "Rates". With kPoseidon2 a query costs some 2,400
// constraints, so there are more rows.
unsigned log_inv_rate_of(unsigned log_size, hash::Function function) {
  if (function == hash::Function::kPoseidon2) {
    return log_size <= 20 ? 4 : log_size == 21 ? 3 : log_size <= 23 ? 2 : 1;
  }
  return log_size <= 20 ? 3 : log_size <= 23 ? 2 : 1;
}

}  // namespace

Result<Code> input_code(unsigned log_size, hash::Function function) {
  const Code code{std::max(log_size, kMinLogSize), kInputLogWidth, log_inv_rate_of(log_size, function)};
  if (code.log_rows() > kMaxLogRows) {
    return bad_input("whir", "log2 of a vector's size: expected at most {} (words of 2^{} rows), found {}",
                     kMaxLogRows + kInputLogWidth - code.log_inv_rate, kMaxLogRows, log_size);
  }
  return code;
}

}  // namespace proofcard::pcs::whir
