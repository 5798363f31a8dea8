// Points for RTL tests: affine points with known sums, and the adder's 768-bit form of them.
#pragma once

#include <cstring>
#include <random>
#include <vector>

#include "host/curve/g1.hpp"
#include "rtl/model/point_model.hpp"

namespace proofcard::rtl {

template <class Port>
LazyPoint get_point(const Port& port) {
  LazyPoint p{};
  std::memcpy(p.x.data(), &port[0], 32);
  std::memcpy(p.y.data(), &port[8], 32);
  std::memcpy(p.z.data(), &port[16], 32);
  return p;
}
template <class Port>
void set_point(Port& port, const LazyPoint& p) {
  std::memcpy(&port[0], p.x.data(), 32);
  std::memcpy(&port[8], p.y.data(), 32);
  std::memcpy(&port[16], p.z.data(), 32);
}

// start, start + G, start + 2 G, ... with a random start.
inline std::vector<curve::G1Affine> random_points(std::size_t count, std::mt19937_64& random) {
  std::vector<curve::G1> sums(count);
  curve::G1 next = curve::scalar_mul(curve::G1::generator(), Fr::from_u64(random() | 1));
  for (auto& p : sums) {
    p = next;
    next += curve::G1Affine::generator();
  }
  return curve::batch_to_affine(sums);
}

// The same point with another Z, and coordinates lazily reduced: v + p where that is below p + 2^253.
inline LazyPoint randomise(const curve::G1Affine& point, std::mt19937_64& random) {
  const Fq z = Fq::from_u256_reduced({random(), random(), random(), random()});
  const LazyPoint p = to_lazy(point);
  const auto lazily = [&](const Fq& v) {
    Lazy r = to_lazy(v);
    if (r[3] < (std::uint64_t{1} << 61) && random() % 2 == 0) {
      r = add(r, Lazy{Fq::kModulus[0], Fq::kModulus[1], Fq::kModulus[2], Fq::kModulus[3], 0});
    }
    return r;
  };
  return {lazily(to_fq(p.x) * z), lazily(to_fq(p.y) * z), lazily(to_fq(p.z) * z)};
}

}  // namespace proofcard::rtl
