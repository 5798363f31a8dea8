#include "host/kernels/cpu/msm_points.hpp"

#include <algorithm>

#include "host/base/cpu_features.hpp"
#include "host/curve/inverse.hpp"
#include "host/field/fq.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

enum Exception : std::uint32_t { kNone, kLeftInfinite, kRightInfinite, kOpposite, kDouble };

struct Coordinates {
  Fq x, y;
};

Fq fq_at(const std::uint64_t* words) { return Fq::from_montgomery({words[0], words[1], words[2], words[3]}); }

Coordinates load(PointRef ref) {
  const PackedPoint* p = point_of<PackedPoint>(ref);
  const Fq y = fq_at(p->words + 4);
  return {fq_at(p->words), is_negative(ref) ? -y : y};
}

void store_fq(const Fq& value, std::uint64_t* words) {
  std::copy(value.montgomery().begin(), value.montgomery().end(), words);
}

void store(const Coordinates& p, PackedPoint* out) {
  store_fq(p.x, out->words);
  store_fq(p.y, out->words + 4);
}

// The denominator of the slope; 1 where there is no slope.
Fq denominator(const Coordinates& a, const Coordinates& b, std::uint32_t& exception) {
  exception = kNone;
  const Fq difference = b.x - a.x;
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
  return exception == kNone ? difference : Fq::one();
}

void add(const PointRef* refs, std::size_t count, PackedPoint* out, AddScratch<PackedPoint>& scratch) {
  Fq product = Fq::one();
  for (std::size_t i = 0; i < count; ++i) {
    const Fq d = denominator(load(refs[2 * i]), load(refs[2 * i + 1]), scratch.exceptions[i]);
    store_fq(d, scratch.difference + 4 * i);
    store_fq(product, scratch.prefix + 4 * i);
    product *= d;
  }
  Fq inverse = curve::inverse_vartime(product);
  for (std::size_t i = count; i-- > 0;) {
    const Fq inverse_d = inverse * fq_at(scratch.prefix + 4 * i);
    inverse *= fq_at(scratch.difference + 4 * i);
    const Coordinates a = load(refs[2 * i]);
    const Coordinates b = load(refs[2 * i + 1]);
    Fq numerator = b.y - a.y;
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
        const Fq xx = a.x.square();
        numerator = xx.twice() + xx;
        break;
      }
      default:
        break;
    }
    const Fq slope = numerator * inverse_d;
    const Fq x = slope.square() - a.x - b.x;
    store({x, slope * (a.x - x) - a.y}, out + i);
  }
}

}  // namespace

const PointOps& portable_point_ops() {
  static constexpr PointOps kOps{"portable", add};
  return kOps;
}

#if !defined(__x86_64__)
const PointOps* avx512_point_ops() { return nullptr; }
#endif

const PointOps& active_point_ops() {
  if (active_isa() == Isa::kAvx512 && avx512_point_ops() != nullptr) {
    return *avx512_point_ops();
  }
  return portable_point_ops();
}

void copy_point(PointRef ref, PackedPoint* out) { store(load(ref), out); }

void invert_radix52(std::uint64_t words[4]) {
  // As an Fq the words stand for 16 a; the inverse, a^-1 / 16, must become a^-1 * 16.
  store_fq(curve::inverse_vartime(fq_at(words)) * Fq::from_u64(256), words);
}

}  // namespace proofcard::kernels::msm_cpu
