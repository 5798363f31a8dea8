// Batched affine additions on packed points: the inner loop of every multi-scalar multiplication on the CPU.
//
// Source:  affine addition with Montgomery's trick: one field inversion a batch, so that an addition costs about six
//          products. All exceptional cases (infinity, equal, opposite points) give the right sum.
// Shape:   a packed point is a curve::G1Affine on its own cache line, or a curve::G2Affine on two; all-zero words are
//          infinity (no other point has x = 0, because neither 3 nor 3 / xi is a square).
// Timing:  variable time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"

namespace proofcard::kernels::msm_cpu {

struct alignas(64) PackedPoint {
  static constexpr std::size_t kDegree = 1;  // of the coordinates over Fq
  using Group = curve::G1;
  using Affine = curve::G1Affine;

  std::uint64_t words[8];  // x, y in Montgomery form with R = 2^256; canonical, so equal points have equal words
};
struct alignas(64) PackedPointG2 {
  static constexpr std::size_t kDegree = 2;
  using Group = curve::G2;
  using Affine = curve::G2Affine;

  std::uint64_t words[16];  // x.c0, x.c1, y.c0, y.c1, likewise
};

// Address of a packed point, plus 1 for its negative.
using PointRef = std::uintptr_t;

template <class Point>
PointRef ref_to(const Point* p, bool negative) {
  return reinterpret_cast<std::uintptr_t>(p) | static_cast<std::uintptr_t>(negative);
}
template <class Point>
const Point* point_of(PointRef ref) {
  return reinterpret_cast<const Point*>(ref & ~std::uintptr_t{1});
}
inline bool is_negative(PointRef ref) { return (ref & 1) != 0; }

// Additions of one call of PointOps::add. An inversion costs as much as some two hundred products.
inline constexpr std::size_t kMaxBatch = 2048;

template <class Point>
struct alignas(64) AddScratch {
  // Room for the last step of a batch, which may be filled up.
  static constexpr std::size_t kSlots = kMaxBatch + 32;
  std::uint64_t difference[kSlots * 5 * Point::kDegree];
  std::uint64_t prefix[kSlots * 5 * Point::kDegree];
  std::uint32_t exceptions[kSlots];
};

// One implementation, for one instruction set.
template <class Point>
struct PointOpsOf {
  std::string_view name;
  // out[i] = refs[2i] + refs[2i + 1]. Pre: count <= kMaxBatch; out is none of the operands.
  void (*add)(const PointRef* refs, std::size_t count, Point* out, AddScratch<Point>& scratch);
};
using PointOps = PointOpsOf<PackedPoint>;
using PointOpsG2 = PointOpsOf<PackedPointG2>;

const PointOps& portable_point_ops();
// AVX-512 IFMA. Null where this build has no such code. Pre for use: the processor has it.
const PointOps* avx512_point_ops();
// By active_isa().
const PointOps& active_point_ops();

const PointOpsG2& portable_point_ops_g2();
const PointOpsG2* avx512_point_ops_g2();
const PointOpsG2& active_point_ops_g2();

// out[i] = refs[2i] + refs[2i + 1], any count.
template <class Point>
void add_pairs(const PointOpsOf<Point>& ops, const PointRef* refs, std::size_t count, Point* out,
               AddScratch<Point>& scratch) {
  for (std::size_t done = 0; done < count; done += kMaxBatch) {
    ops.add(refs + 2 * done, count - done < kMaxBatch ? count - done : kMaxBatch, out + done, scratch);
  }
}

// *out = the point that ref stands for.
void copy_point(PointRef ref, PackedPoint* out);
void copy_point(PointRef ref, PackedPointG2* out);

// For words = a * 2^260 mod q, canonical: replaces them by a^-1 * 2^260 mod q. Zero stays zero.
void invert_radix52(std::uint64_t words[4]);

}  // namespace proofcard::kernels::msm_cpu
