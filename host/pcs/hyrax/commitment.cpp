#include "host/pcs/hyrax/commitment.hpp"

#include "host/base/check.hpp"
#include "host/curve/hash_to_curve.hpp"
#include "host/transcript/hiding_key.hpp"

namespace proofcard::pcs::hyrax {

Generators derive(unsigned log_row_len) {
  return curve::derive_generators("proofcard/hyrax/row", 0, std::size_t{1} << log_row_len);
}

Result<std::vector<curve::G1Affine>> commit(const kernels::Msm& msm, const kernels::MsmBases& bases,
                                            const IntSpan& values, unsigned log_row_len,
                                            std::span<const Fr> blindings) {
  const std::size_t row_len = std::size_t{1} << log_row_len;
  std::vector<curve::G1Affine> out(int_span_size(values) >> log_row_len);
  PROOFCARD_RETURN_IF_ERROR(msm.rows(out, bases, values, row_len));
  blind(out, blindings);
  return out;
}

void blind(std::span<curve::G1Affine> rows, std::span<const Fr> blindings) {
  if (blindings.empty()) {
    return;
  }
  PROOFCARD_CHECK(blindings.size() == rows.size());
  const std::vector<curve::G1Affine> terms = blinding_terms(blindings);
  std::vector<curve::G1> sums(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    sums[i] = curve::G1(rows[i]) + terms[i];
  }
  curve::batch_to_affine(sums, rows);
}

}  // namespace proofcard::pcs::hyrax
