#include "host/pcs/hyrax/commitment.hpp"

#include "host/curve/hash_to_curve.hpp"

namespace proofcard::pcs::hyrax {

Generators derive(unsigned log_row_len) {
  return {curve::derive_generators("proofcard/hyrax/row", 0, std::size_t{1} << log_row_len),
          curve::derive_generators("proofcard/hyrax/inner-product", 0, 1)[0]};
}

Result<std::vector<curve::G1Affine>> commit(const kernels::Msm& msm, const kernels::MsmBases& bases, const IntSpan& values,
                                            unsigned log_row_len) {
  const std::size_t row_len = std::size_t{1} << log_row_len;
  std::vector<curve::G1Affine> out(int_span_size(values) >> log_row_len);
  PROOFCARD_RETURN_IF_ERROR(msm.rows(out, bases, values, row_len));
  return out;
}

}  // namespace proofcard::pcs::hyrax
