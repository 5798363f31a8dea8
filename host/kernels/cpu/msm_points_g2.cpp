// The portable additions of G2: those of msm_points.cpp over Fq2.
#include <algorithm>

#include "host/base/cpu_features.hpp"
#include "host/curve/inverse.hpp"
#include "host/kernels/cpu/msm_points.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

using curve::G2Affine;

enum Exception : std::uint32_t { kNone, kLeftInfinite, kRightInfinite, kOpposite, kDouble };

Fq2 fq2_at(const std::uint64_t* words) {
  return {Fq::from_montgomery({words[0], words[1], words[2], words[3]}),
          Fq::from_montgomery({words[4], words[5], words[6], words[7]})};
}

void store_fq2(const Fq2& value, std::uint64_t* words) {
  std::copy(value.c0.montgomery().begin(), value.c0.montgomery().end(), words);
  std::copy(value.c1.montgomery().begin(), value.c1.montgomery().end(), words + 4);
}

G2Affine load(PointRef ref) {
  const auto* p = point_of<PackedPointG2>(ref);
  const Fq2 y = fq2_at(p->words + 8);
  return {fq2_at(p->words), is_negative(ref) ? -y : y};
}

void store(const G2Affine& p, PackedPointG2* out) {
  store_fq2(p.x, out->words);
  store_fq2(p.y, out->words + 8);
}

// The denominator of the slope; 1 where there is no slope.
Fq2 denominator(const G2Affine& a, const G2Affine& b, std::uint32_t& exception) {
  exception = kNone;
  const Fq2 difference = b.x - a.x;
  if (a.x.is_zero()) {
    exception = kLeftInfinite;
  } else if (b.x.is_zero()) {
    exception = kRightInfinite;
  } else if (difference.is_zero()) {
    if (a.y == b.y) {
      exception = kDouble;
      return a.y.twice();
    }
    exception = kOpposite;
  }
  return exception == kNone ? difference : Fq2::one();
}

void add(const PointRef* refs, std::size_t count, PackedPointG2* out, AddScratch<PackedPointG2>& scratch) {
  Fq2 product = Fq2::one();
  for (std::size_t i = 0; i < count; ++i) {
    const Fq2 d = denominator(load(refs[2 * i]), load(refs[2 * i + 1]), scratch.exceptions[i]);
    store_fq2(d, scratch.difference + 8 * i);
    store_fq2(product, scratch.prefix + 8 * i);
    product *= d;
  }
  Fq2 inverse = product.conjugate() * curve::inverse_vartime(product.norm());
  for (std::size_t i = count; i-- > 0;) {
    const Fq2 inverse_d = inverse * fq2_at(scratch.prefix + 8 * i);
    inverse *= fq2_at(scratch.difference + 8 * i);
    const G2Affine a = load(refs[2 * i]);
    const G2Affine b = load(refs[2 * i + 1]);
    Fq2 numerator = b.y - a.y;
    switch (scratch.exceptions[i]) {
      case kLeftInfinite:
        store(b, out + i);
        continue;
      case kRightInfinite:
        store(a, out + i);
        continue;
      case kOpposite:
        store({}, out + i);
        continue;
      case kDouble: {
        const Fq2 xx = a.x.square();
        numerator = xx.twice() + xx;
        break;
      }
      default:
        break;
    }
    const Fq2 slope = numerator * inverse_d;
    const Fq2 x = slope.square() - a.x - b.x;
    store({x, slope * (a.x - x) - a.y}, out + i);
  }
}

}  // namespace

const PointOpsG2& portable_point_ops_g2() {
  static constexpr PointOpsG2 kOps{"portable", add};
  return kOps;
}

#if !defined(__x86_64__)
const PointOpsG2* avx512_point_ops_g2() { return nullptr; }
#endif

const PointOpsG2& active_point_ops_g2() {
  if (active_isa() == Isa::kAvx512 && avx512_point_ops_g2() != nullptr) {
    return *avx512_point_ops_g2();
  }
  return portable_point_ops_g2();
}

void copy_point(PointRef ref, PackedPointG2* out) { store(load(ref), out); }

}  // namespace proofcard::kernels::msm_cpu
