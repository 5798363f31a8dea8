// The inner loops of cpu_int_gemm(), one table of functions per instruction set.
//
// Method:  A *group* is 32 bits: as many values along the summed index as one multiply-add instruction sums, `group` of
//          them: four bytes for VPDPBUSD, two 16-bit numbers for VPMADDWD and for portable code. Digits are packed as
//          [group][32 digits], 128 bytes a group; integers as groups in panels with any strides.
//          Integers wider than a byte go byte by byte (`plane`). The top byte is signed, and so are the lower ones
//          after 128 is subtracted from them; the caller adds plane_offset(type) times the sum of the elements back.
// Range:   digits 0..255, bytes -128..127, so int32 sums hold kMaxBlock terms: 255 * 128 * 2^16 < 2^31.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/base/cpu_features.hpp"
#include "host/base/int_vector.hpp"

namespace proofcard::kernels::detail {

inline constexpr std::size_t kDigits = 32;      // base-256 digits of a field element
inline constexpr std::size_t kMaxOutputs = 96;  // of a panel
inline constexpr std::size_t kMaxBlock = std::size_t{1} << 16;

// Part of an integer matrix: element (k, o), k along the sum and o an output, is data[k * stride_k + o * stride_o].
struct IntPanel {
  const void* data;
  IntType type;
  std::size_t stride_k;
  std::size_t stride_o;
  std::size_t num_k;
  std::size_t num_outputs;  // at most kMaxOutputs
};

struct IntGemmKernels {
  Isa compiled_for;  // what the compiler was told, in the file that defines the table
  std::size_t group;

  // Packs count elements of four words each; missing ones in the last group are zero.
  void (*pack_digits)(std::uint32_t* out, const std::uint64_t* elements, std::size_t count);
  // Packs one byte of every integer, at out[g * group_stride + o * output_stride]; missing ones are zero.
  void (*pack_integers)(std::uint32_t* out, std::size_t group_stride, std::size_t output_stride, const IntPanel& panel,
                        unsigned plane);
  // sums[o * kDigits + d] += sum over groups g of digits[g * kDigits + d] times integers[g * group_stride + o *
  // output_stride].
  void (*accumulate)(std::int32_t* sums, const std::uint32_t* digits, std::size_t num_groups,
                     const std::uint32_t* integers, std::size_t group_stride, std::size_t output_stride,
                     std::size_t num_outputs);
};

const IntGemmKernels& int_gemm_portable();
const IntGemmKernels& int_gemm_avx2();    // only on x86-64
const IntGemmKernels& int_gemm_avx512();  // only on x86-64
// The table that active_isa() selects.
const IntGemmKernels& int_gemm_kernels();

}  // namespace proofcard::kernels::detail
