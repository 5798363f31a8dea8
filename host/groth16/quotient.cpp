#include "host/groth16/quotient.hpp"

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"

namespace proofcard::groth16 {
namespace {

constexpr std::size_t kRowsPerTask = 1024;

}  // namespace

std::vector<Fr> evaluate_sides(const Coefficients& coefficients, const Witness& witness, std::size_t log_n) {
  const std::size_t n = std::size_t{1} << log_n;
  PROOFCARD_CHECK(coefficients.starts.size() == 2 * n + 1);
  std::vector<Fr> sides(3 * n);
  parallel_for(2 * n, kRowsPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      Fr sum;
      for (std::size_t k = coefficients.starts[row]; k < coefficients.starts[row + 1]; ++k) {
        const Coefficients::Entry& entry = coefficients.entries[k];
        sum += entry.value_times_r * Fr::from_montgomery(witness.plain(entry.signal));
      }
      sides[row] = sum;
    }
  });
  return sides;
}

}  // namespace proofcard::groth16
