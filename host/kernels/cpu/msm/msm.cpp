// The Msm of the CPU: chooses between tables and buckets.
#include "host/kernels/msm.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/kernels/cpu/msm/msm_bases.hpp"
#include "host/kernels/cpu/msm/msm_buckets.hpp"
#include "host/kernels/cpu/msm/msm_rows.hpp"

namespace proofcard::kernels {
namespace {

using curve::G1;
using curve::G1Affine;
using msm_cpu::CpuBases;

// A window table costs as much as about this many rows without one.
constexpr std::size_t kMinRowsForWindowTable = 16;

template <class Scalar>
G1 sum_by_buckets(const msm_cpu::PointOps& ops, const msm_cpu::PackedPoint* points, std::span<const Scalar> scalars) {
  using Integer = msm_cpu::SignedIntegerOf<Scalar>;
  std::vector<Integer> values(scalars.size());
  std::transform(scalars.begin(), scalars.end(), values.begin(),
                 [](const Scalar& v) { return msm_cpu::signed_integer(v); });
  return msm_cpu::bucket_msm(ops, points, std::span<const Integer>(values));
}

class CpuMsm : public Msm {
 public:
  std::string_view name() const override {
    return &msm_cpu::active_point_ops() == &msm_cpu::portable_point_ops() ? "cpu-portable" : "cpu-avx512";
  }

  Result<std::shared_ptr<const MsmBases>> load_bases(std::span<const G1Affine> bases) const override {
    return std::shared_ptr<const MsmBases>(std::make_shared<CpuBases>(msm_cpu::active_point_ops(), bases));
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
    const msm_cpu::PointOps& ops = msm_cpu::active_point_ops();
    const msm_cpu::PackedArray packed = msm_cpu::pack_points(points);
    return sum_by_buckets(ops, packed.get(), scalars).to_affine();
  }

 private:
  template <class Scalar>
  static void all_rows(std::span<G1Affine> out, const MsmBases& bases, std::span<const Scalar> scalars,
                       std::size_t row_len) {
    const auto* loaded = dynamic_cast<const CpuBases*>(&bases);
    PROOFCARD_CHECK(loaded != nullptr && row_len <= loaded->size() && scalars.size() == out.size() * row_len);
    if constexpr (std::is_same_v<Scalar, Fr>) {
      if (loaded->size() <= msm_cpu::kMaxWindowTableBases && out.size() >= kMinRowsForWindowTable) {
        msm_cpu::rows_by_window_table(out, *loaded, scalars, row_len);
        return;
      }
    }
    if (loaded->table_pays(out.size() * (std::is_same_v<Scalar, Fr> ? msm_cpu::kFrWindows : sizeof(Scalar)))) {
      msm_cpu::rows_by_table(out, *loaded, scalars, row_len);
      return;
    }
    std::vector<G1> sums(out.size());
    parallel_for(out.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        sums[i] = sum_by_buckets(loaded->ops(), loaded->points(), scalars.subspan(i * row_len, row_len));
      }
    });
    curve::batch_to_affine(sums, out);
  }
};

}  // namespace

const Msm& cpu_msm() {
  static const CpuMsm msm;
  return msm;
}

}  // namespace proofcard::kernels
