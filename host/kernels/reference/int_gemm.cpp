#include "host/kernels/int_gemm.hpp"

#include "host/base/check.hpp"

namespace proofcard::kernels {
namespace {

class ReferenceIntGemm final : public IntGemm {
 public:
  std::string_view name() const override { return "reference"; }

  void left(std::span<Fr> out, std::span<const Fr> left, const IntSpan& matrix) const override {
    PROOFCARD_CHECK(int_span_size(matrix) == left.size() * out.size());
    for (std::size_t j = 0; j < out.size(); ++j) {
      out[j] = Fr::zero();
      for (std::size_t i = 0; i < left.size(); ++i) {
        out[j] += left[i] * Fr::from_i64(int_at(matrix, i * out.size() + j));
      }
    }
  }

  void right(std::span<Fr> out, const IntSpan& matrix, std::span<const Fr> right) const override {
    PROOFCARD_CHECK(int_span_size(matrix) == right.size() * out.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = Fr::zero();
      for (std::size_t j = 0; j < right.size(); ++j) {
        out[i] += Fr::from_i64(int_at(matrix, i * right.size() + j)) * right[j];
      }
    }
  }
};

}  // namespace

const IntGemm& reference_int_gemm() {
  static const ReferenceIntGemm kernel;
  return kernel;
}

}  // namespace proofcard::kernels
