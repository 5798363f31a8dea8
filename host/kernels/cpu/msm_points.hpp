// Batched affine additions on packed points: the inner loop of every multi-scalar multiplication on the CPU.
//
// Source:  affine addition with Montgomery's trick: one field inversion a batch, so that an addition costs about six
//          products. All exceptional cases (infinity, equal, opposite points) give the right sum.
// Shape:   a packed point is a curve::G1Affine on its own cache line; all-zero words are infinity (no other point has
//          x = 0, because 3 is not a square mod q).
// Timing:  variable time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace proofcard::kernels::msm_cpu {

struct alignas(64) PackedPoint {
  std::uint64_t words[8];  // x, y in Montgomery form with R = 2^256; canonical, so equal points have equal words
};

// Address of a PackedPoint, plus 1 for its negative.
using PointRef = std::uintptr_t;

inline PointRef ref_to(const PackedPoint* p, bool negative) {
  return reinterpret_cast<std::uintptr_t>(p) | static_cast<std::uintptr_t>(negative);
}
inline const PackedPoint* point_of(PointRef ref) {
  return reinterpret_cast<const PackedPoint*>(ref & ~std::uintptr_t{1});
}
inline bool is_negative(PointRef ref) { return (ref & 1) != 0; }

// Additions of one call of PointOps::add. An inversion costs as much as some two hundred products.
inline constexpr std::size_t kMaxBatch = 2048;

struct alignas(64) AddScratch {
  // Room for the last step of a batch, which may be filled up.
  static constexpr std::size_t kSlots = kMaxBatch + 32;
  std::uint64_t difference[kSlots * 5];
  std::uint64_t prefix[kSlots * 5];
  std::uint32_t exceptions[kSlots];
};

// One implementation, for one instruction set.
struct PointOps {
  std::string_view name;
  // out[i] = refs[2i] + refs[2i + 1]. Pre: count <= kMaxBatch; out is none of the operands.
  void (*add)(const PointRef* refs, std::size_t count, PackedPoint* out, AddScratch& scratch);
};

const PointOps& portable_point_ops();
// AVX-512 IFMA. Null where this build has no such code. Pre for use: the processor has it.
const PointOps* avx512_point_ops();
// By active_isa().
const PointOps& active_point_ops();

// out[i] = refs[2i] + refs[2i + 1], any count.
void add_pairs(const PointOps& ops, const PointRef* refs, std::size_t count, PackedPoint* out, AddScratch& scratch);

// *out = the point that ref stands for.
void copy_point(PointRef ref, PackedPoint* out);

// For words = a * 2^260 mod q, canonical: replaces them by a^-1 * 2^260 mod q. Zero stays zero.
void invert_radix52(std::uint64_t words[4]);

}  // namespace proofcard::kernels::msm_cpu
