// The complete point addition of rtl/msm/pc_point_add.sv in C++, bit for bit; proofcard::curve is the reference for its
// values.
//
// Source:  Renes, Costello, Batina (2016), algorithm 7, a = 0, b3 = 9; rtl/msm/pc_point_first.sv has the formulas.
// Range:   coordinates below p + 2^253, in Montgomery form; infinity is (0 : y : 0).
#pragma once

#include <cstdint>

#include "host/curve/g1.hpp"
#include "rtl/model/fq_model.hpp"

namespace proofcard::rtl {

struct LazyPoint {
  Lazy x;
  Lazy y;
  Lazy z;
  bool operator==(const LazyPoint&) const = default;
};

LazyPoint point_add(const LazyPoint& a, const LazyPoint& b);

// Z = 1, or (0 : 1 : 0).
LazyPoint to_lazy(const curve::G1Affine& p);
curve::G1Affine to_affine(const LazyPoint& p);

}  // namespace proofcard::rtl
