#include "host/groth16/quotient.hpp"

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/field/two_adic.hpp"

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

Status odd_values(const kernels::NttFr& ntt, std::span<Fr> sides, std::size_t log_n) {
  const std::size_t n = std::size_t{1} << log_n;
  PROOFCARD_CHECK(sides.size() == 3 * n);
  const std::span<Fr> a = sides.first(n), b = sides.subspan(n, n), c = sides.subspan(2 * n, n);
  parallel_for(n, kRowsPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      c[i] = a[i] * b[i];
    }
  });
  using Job = kernels::NttJob<Fr>;
  const auto log = static_cast<unsigned>(log_n);
  PROOFCARD_RETURN_IF_ERROR(ntt.transform(sides, Job{.log_n = log,
                                                     .direction = kernels::NttDirection::kInverse,
                                                     .order = kernels::NttOrder::kNaturalToBitReversed}));
  PROOFCARD_RETURN_IF_ERROR(ntt.transform(sides, Job{.log_n = log,
                                                     .direction = kernels::NttDirection::kForward,
                                                     .order = kernels::NttOrder::kBitReversedToNatural,
                                                     .shift = root_of_unity<Fr>(log + 1)}));
  parallel_for(n, kRowsPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      a[i] = a[i] * b[i] - c[i];
    }
  });
  return {};
}

}  // namespace proofcard::groth16
