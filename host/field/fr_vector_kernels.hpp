// The loops behind fr_vector.hpp, one table of functions per instruction set.
//
// Shape:   elements are four 64-bit words in Montgomery form, as in Fr, passed as words so that a file compiled for a
//          wider instruction set instantiates no code that is shared with portable files. Sizes are as in
//          fr_vector.hpp, and `count` is a multiple of kLanes, except in the portable table, which takes any.
// Range:   every word quadruple read or written is canonical, below p.
// Sums:    returned unreduced, as the integer S = sum_k words[k] * 2^(64 k), congruent to 2^256 times the sum's
//          Montgomery form; so a sum of products needs one reduction, at the very end. Pre: count <= kMaxSumCount, so S
//          < 2^532.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/base/cpu_features.hpp"

namespace proofcard::detail {

inline constexpr std::size_t kLanes = 8;
inline constexpr std::size_t kMaxSumCount = std::size_t{1} << 20;

struct WideSum {
  std::uint64_t words[9];
};

struct FrVectorKernels {
  Isa compiled_for;  // what the compiler was told, in the file that defines the table

  void (*mul)(std::uint64_t* out, const std::uint64_t* a, const std::uint64_t* b, std::size_t count);
  void (*axpy)(std::uint64_t* acc, const std::uint64_t* k, const std::uint64_t* a, std::size_t count);
  void (*dot)(WideSum* out, const std::uint64_t* a, const std::uint64_t* b, std::size_t count);
  // out[i] = t[2i] + r (t[2i+1] - t[2i]) for i < count, in ascending order of i; out may be t.
  void (*bind_low)(std::uint64_t* out, const std::uint64_t* t, const std::uint64_t* r, std::size_t count);
  // hi[i] = lo[i] r, then lo[i] -= hi[i].
  void (*eq_step)(std::uint64_t* lo, std::uint64_t* hi, const std::uint64_t* r, std::size_t count);
  // Counts of pairs.
  void (*round_product2)(WideSum out[2], const std::uint64_t* a, const std::uint64_t* b, std::size_t count);
  void (*round_product3)(WideSum out[3], const std::uint64_t* e, const std::uint64_t* a, const std::uint64_t* b,
                         std::size_t count);
  void (*round_weighted)(WideSum out[2], const std::uint64_t* a, const std::uint64_t* b, const std::uint64_t* w,
                         std::size_t count);
  void (*fraction_layer)(std::uint64_t* p_out, std::uint64_t* q_out, const std::uint64_t* p0, const std::uint64_t* p1,
                         const std::uint64_t* q0, const std::uint64_t* q1, std::size_t count);
  void (*round_fraction)(WideSum out[2], const std::uint64_t* p0, const std::uint64_t* p1, const std::uint64_t* q0,
                         const std::uint64_t* q1, const std::uint64_t* lambda, const std::uint64_t* w,
                         std::size_t count);
};

const FrVectorKernels& fr_vector_portable();
const FrVectorKernels& fr_vector_avx512();  // only on x86-64
// The table that active_isa() selects. There is no AVX2 one: without IFMA, scalar products are as fast.
const FrVectorKernels& fr_vector_kernels();

}  // namespace proofcard::detail
