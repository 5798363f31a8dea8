// The definition of Msm: double-and-add for every scalar, one after the other.
#include "host/kernels/msm.hpp"

#include <type_traits>

#include "host/base/check.hpp"

namespace proofcard::kernels {
namespace {

using curve::G1;
using curve::G1Affine;

class ReferenceBases : public MsmBases {
 public:
  explicit ReferenceBases(std::span<const G1Affine> points) : points_(points.begin(), points.end()) {}
  std::size_t size() const override { return points_.size(); }
  std::span<const G1Affine> points() const { return points_; }

 private:
  std::vector<G1Affine> points_;
};

template <class Scalar>
G1Affine sum_of_products(std::span<const G1Affine> points, std::span<const Scalar> scalars) {
  G1 sum;
  for (std::size_t j = 0; j < scalars.size(); ++j) {
    sum += curve::scalar_mul(points[j], scalars[j]);
  }
  return sum.to_affine();
}

class ReferenceMsm : public Msm {
 public:
  std::string_view name() const override { return "reference"; }

  Result<std::shared_ptr<const MsmBases>> load_bases(std::span<const G1Affine> bases) const override {
    return std::shared_ptr<const MsmBases>(std::make_shared<ReferenceBases>(bases));
  }

  Status rows(std::span<G1Affine> out, const MsmBases& bases, const IntSpan& scalars,
              std::size_t row_len) const override {
    visit_ints(scalars, [&](auto view) { all_rows(out, bases, view, row_len); });
    return {};
  }

  Status rows(std::span<G1Affine> out, const MsmBases& bases, std::span<const Fr> scalars,
              std::size_t row_len) const override {
    all_rows(out, bases, scalars, row_len);
    return {};
  }

  Result<G1Affine> once(std::span<const G1Affine> points, std::span<const Fr> scalars) const override {
    PROOFCARD_CHECK(points.size() == scalars.size());
    return sum_of_products(points, scalars);
  }

 private:
  template <class Scalar>
  static void all_rows(std::span<G1Affine> out, const MsmBases& bases, std::span<const Scalar> scalars,
                       std::size_t row_len) {
    const auto* loaded = dynamic_cast<const ReferenceBases*>(&bases);
    PROOFCARD_CHECK(loaded != nullptr && row_len <= loaded->size() && scalars.size() == out.size() * row_len);
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = sum_of_products(loaded->points(), scalars.subspan(i * row_len, row_len));
    }
  }
};

}  // namespace

const Msm& reference_msm() {
  static const ReferenceMsm msm;
  return msm;
}

}  // namespace proofcard::kernels
