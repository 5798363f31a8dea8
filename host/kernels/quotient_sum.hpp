// QuotientSum: the sum over bases of what a quotient of polynomials is made of; the part of a Groth16 proof that
// transforms and sums work at together.
//
// Result:  sum_{i < n} (A B - C)(w^(2 i + 1)) bases[i], n = 2^log_n, w = root_of_unity(log_n + 1). A and B are the
//          polynomials of degree below n with the given values at the n-th roots of unity, C that with their products.
// Source:  Groth 2016, section 3.2: host/groth16/quotient.hpp says what it is for.
// Shape:   sides: 3 n values; A at the powers of w^2, then B, then room for C. Overwritten.
// Range:   log_n up to kMaxLogNtt.
// Errors:  kBadInput for a size that the backend cannot take; kDeviceFault from a card.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "host/base/result.hpp"
#include "host/kernels/msm.hpp"
#include "host/kernels/ntt.hpp"

namespace proofcard::kernels {

class QuotientSum {
 public:
  virtual ~QuotientSum() = default;
  virtual std::string_view name() const = 0;
  // Pre: bases.size() >= 2^log_n; they were loaded by the Msm that belongs to this backend. sides has 3 * 2^log_n.
  virtual Result<curve::G1Affine> sum(const MsmBases& bases, std::span<Fr> sides, unsigned log_n) const = 0;
};

// What every backend refuses.
Status check_quotient_sum(unsigned log_n);

// The transforms of one kernel, then the sum of the other, and products between them on the host.
class ComposedQuotientSum final : public QuotientSum {
 public:
  // Pre: both outlive this.
  ComposedQuotientSum(const NttFr& ntt, const Msm& msm) : ntt_(ntt), msm_(msm) {}
  std::string_view name() const override { return ntt_.name(); }
  Result<curve::G1Affine> sum(const MsmBases& bases, std::span<Fr> sides, unsigned log_n) const override;

 private:
  const NttFr& ntt_;
  const Msm& msm_;
};

// Replaces the first n of sides by A B - C at w^(2 i + 1) for i < n: the scalars of the sum.
Status odd_values(const NttFr& ntt, std::span<Fr> sides, unsigned log_n);

const QuotientSum& reference_quotient_sum();
const QuotientSum& cpu_quotient_sum();

}  // namespace proofcard::kernels
