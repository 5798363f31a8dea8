// G1 of BN254 in homogeneous projective coordinates with complete addition: one formula for every pair of points.
//
// Source:  Renes, Costello, Batina, "Complete addition formulas for prime order elliptic curves", algorithm 7 (a = 0),
// b3 = 9. Range:   coordinates in [0, q); (X, Y, Z) stands for (X / Z, Y / Z), infinity is (0, Y, 0) with Y not 0.
// Timing:  12 products, two of them deep.
#pragma once

#include "hls/common/field.hpp"

namespace proofcard::hls {

struct Point {
  Fq x;
  Fq y;
  Fq z;
};

inline Point infinity() {
#pragma HLS inline
  Point p;
  p.x = field_zero();
  p.y = field_one();
  p.z = field_zero();
  return p;
}

inline Fq times9(const Fq& a) {
#pragma HLS inline
  const Fq twice = add(a, a);
  const Fq four = add(twice, twice);
  return add(add(four, four), a);
}

inline Point complete_add(const Point& p, const Point& q) {
#pragma HLS inline off
#pragma HLS pipeline II = 1
  const Fq xx = mul(p.x, q.x);
  const Fq yy = mul(p.y, q.y);
  const Fq zz = mul(p.z, q.z);
  const Fq xy = sub(mul(add(p.x, p.y), add(q.x, q.y)), add(xx, yy));
  const Fq yz = sub(mul(add(p.y, p.z), add(q.y, q.z)), add(yy, zz));
  const Fq xz = sub(mul(add(p.x, p.z), add(q.x, q.z)), add(xx, zz));
  const Fq xx3 = add(add(xx, xx), xx);
  const Fq zz9 = times9(zz);
  const Fq xz9 = times9(xz);
  const Fq sum = add(yy, zz9);
  const Fq diff = sub(yy, zz9);
  Point r;
  r.x = sub(mul(xy, diff), mul(yz, xz9));
  r.y = add(mul(diff, sum), mul(xz9, xx3));
  r.z = add(mul(sum, yz), mul(xx3, xy));
  return r;
}

}  // namespace proofcard::hls
