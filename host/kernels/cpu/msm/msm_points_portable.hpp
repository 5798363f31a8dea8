// The portable additions of packed points, for either group: what msm_points.cpp and msm_points_g2.cpp instantiate.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <type_traits>

#include "host/curve/inverse.hpp"
#include "host/kernels/cpu/msm/msm_points.hpp"

namespace proofcard::kernels::msm_cpu {

inline Fq invert(const Fq& a) { return curve::inverse_vartime(a); }
inline Fq2 invert(const Fq2& a) { return a.conjugate() * curve::inverse_vartime(a.norm()); }

template <class Point>
class PortablePoints {
 public:
  static void add(const PointRef* refs, std::size_t count, Point* out, AddScratch<Point>& scratch) {
    Field product = Field::one();
    for (std::size_t i = 0; i < count; ++i) {
      const Field d = denominator(load(refs[2 * i]), load(refs[2 * i + 1]), scratch.exceptions[i]);
      store(d, scratch.difference + kWords * i);
      store(product, scratch.prefix + kWords * i);
      product *= d;
    }
    Field inverse = invert(product);
    for (std::size_t i = count; i-- > 0;) {
      const Field inverse_d = inverse * at(scratch.prefix + kWords * i);
      inverse *= at(scratch.difference + kWords * i);
      const Affine a = load(refs[2 * i]);
      const Affine b = load(refs[2 * i + 1]);
      Field numerator = b.y - a.y;
      switch (scratch.exceptions[i]) {
        case kLeftInfinite:
          store(b, out + i);
          continue;
        case kRightInfinite:
          store(a, out + i);
          continue;
        case kOpposite:
          store(Affine{}, out + i);
          continue;
        case kDouble: {
          const Field xx = a.x.square();
          numerator = xx.twice() + xx;
          break;
        }
        default:
          break;
      }
      const Field slope = numerator * inverse_d;
      const Field x = slope.square() - a.x - b.x;
      store(Affine{x, slope * (a.x - x) - a.y}, out + i);
    }
  }

  static void copy(PointRef ref, Point* out) { store(load(ref), out); }

 private:
  using Affine = typename Point::Affine;
  using Field = std::remove_cvref_t<decltype(Affine::x)>;
  static constexpr std::size_t kWords = 4 * Point::kDegree;
  using Words = std::array<std::uint64_t, kWords>;  // what a coordinate is in memory

  enum Exception : std::uint32_t { kNone, kLeftInfinite, kRightInfinite, kOpposite, kDouble };

  static Field at(const std::uint64_t* words) {
    Words raw;
    std::copy_n(words, kWords, raw.begin());
    return std::bit_cast<Field>(raw);
  }
  static void store(const Field& value, std::uint64_t* words) { std::ranges::copy(std::bit_cast<Words>(value), words); }
  static Affine load(PointRef ref) {
    const Point* p = point_of<Point>(ref);
    const Field y = at(p->words + kWords);
    return {at(p->words), is_negative(ref) ? -y : y};
  }
  static void store(const Affine& p, Point* out) {
    store(p.x, out->words);
    store(p.y, out->words + kWords);
  }

  // The denominator of the slope; 1 where there is no slope.
  static Field denominator(const Affine& a, const Affine& b, std::uint32_t& exception) {
    exception = kNone;
    const Field difference = b.x - a.x;
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
    return exception == kNone ? difference : Field::one();
  }
};

}  // namespace proofcard::kernels::msm_cpu
