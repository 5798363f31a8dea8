#include "host/kernels/quotient_sum.hpp"

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/field/two_adic.hpp"

namespace proofcard::kernels {
namespace {

constexpr std::size_t kValuesPerTask = 1024;

}  // namespace

Status check_quotient_sum(unsigned log_n) {
  if (log_n > kMaxLogNtt) {
    return bad_input("quotient", "log_n: expected at most {}, found {}", kMaxLogNtt, log_n);
  }
  return {};
}

Status odd_values(const NttFr& ntt, std::span<Fr> sides, unsigned log_n) {
  const std::size_t n = std::size_t{1} << log_n;
  PROOFCARD_CHECK(sides.size() == 3 * n);
  const std::span<Fr> a = sides.first(n), b = sides.subspan(n, n), c = sides.subspan(2 * n, n);
  parallel_for(n, kValuesPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      c[i] = a[i] * b[i];
    }
  });
  PROOFCARD_RETURN_IF_ERROR(ntt.transform(
      sides, {.log_n = log_n, .direction = NttDirection::kInverse, .order = NttOrder::kNaturalToBitReversed}));
  PROOFCARD_RETURN_IF_ERROR(ntt.transform(sides, {.log_n = log_n,
                                                  .direction = NttDirection::kForward,
                                                  .order = NttOrder::kBitReversedToNatural,
                                                  .shift = root_of_unity<Fr>(log_n + 1)}));
  parallel_for(n, kValuesPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      a[i] = a[i] * b[i] - c[i];
    }
  });
  return {};
}

Result<curve::G1Affine> ComposedQuotientSum::sum(const MsmBases& bases, std::span<Fr> sides, unsigned log_n) const {
  PROOFCARD_RETURN_IF_ERROR(check_quotient_sum(log_n));
  PROOFCARD_RETURN_IF_ERROR(odd_values(ntt_, sides, log_n));
  const std::size_t n = std::size_t{1} << log_n;
  curve::G1Affine out;
  PROOFCARD_RETURN_IF_ERROR(msm_.rows({&out, 1}, bases, std::span<const Fr>(sides).first(n), n));
  return out;
}

const QuotientSum& reference_quotient_sum() {
  static const ComposedQuotientSum composed(reference_ntt_fr(), reference_msm());
  return composed;
}

const QuotientSum& cpu_quotient_sum() {
  static const ComposedQuotientSum composed(cpu_ntt_fr(), cpu_msm());
  return composed;
}

}  // namespace proofcard::kernels
