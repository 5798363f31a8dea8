// One pass of the Ntt of the CPU: many transforms in step, each in its own lane, one implementation an instruction set.
//
// Shape:   memory is an array of elements of kWords 64-bit words, canonical Fr (Montgomery form) or Goldilocks. Element
//          `index` of lane `lane` is at index * index_stride + lane * lane_stride; where a side is bit-reversed, index
//          is replaced by its reversal.
// Range:   reads and writes of whole transforms are canonical. A pass with a twist may leave elements that are not,
//          below 2^256 (Fr) or 2^64 (Goldilocks); any pass reads those.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/base/cpu_features.hpp"

namespace proofcard::kernels::ntt_cpu {

using Word = std::uint64_t;
inline constexpr std::size_t kLineBytes = 64;

struct NttSide {
  std::size_t index_stride;  // in elements
  std::size_t lane_stride;
  bool bit_reversed;
};

struct NttPass {
  const Word* in;
  Word* out;  // the same elements as in, or disjoint from them
  NttSide from;
  NttSide to;
  bool streamed;     // write past the caches; only with `streams`. Pre: to.lane_stride = 1 and all that is written
                     // begins at multiples of kLineBytes
  unsigned log_len;  // of each transform

  bool inverse;

  // Without has_dft: transforms are evaluated by splitting x^m - c^2 into x^(m/2) - c and x^(m/2) + c; twiddles[level]
  // lists the c of the 2^level blocks, as factors made by prepare(). first_is_one: c = 1 in block 0 of levels 0 and 1.
  const Word* const* twiddles;
  bool first_is_one;

  // With has_dft: a transform is 2^(log_len / 2) rows of columns; between the transforms of the columns and of the
  // rows, column c of row r (which holds output reverse(r)) is multiplied by a prepared factor, the first of each row
  // being one. column_factors, if not null, multiply the inputs of each column.
  const Word* row_factors;
  const Word* column_factors;

  // If not null: one element a lane, and output k of the lane is multiplied by start * base^k.
  const Word* twist_start;
  const Word* twist_base;
  // If not null: prepared factors, and output k of every lane is multiplied by the k-th.
  const Word* out_factors;
};

struct NttLanes {
  std::size_t lanes;
  // Bytes of 64-byte aligned scratch that run() needs for a pass of 2^log_len.
  std::size_t (*scratch_bytes)(unsigned log_len);
  void (*run)(const NttPass& pass, void* scratch);
};

struct NttKernels {
  Isa compiled_for;  // what the compiler was told, in the file that defines the table
  std::size_t factor_words;
  bool has_dft;  // whole transforms of rows and columns are cheaper than level after level
  bool streams;  // has stores past the caches
  // Factors that multiply every lane by one element each. Any count.
  void (*prepare)(Word* out, const Word* elements, std::size_t count);
  NttLanes wide;
  NttLanes narrow;  // for transforms too short for the wide one
};

const NttKernels& fr_portable_kernels();
const NttKernels& goldilocks_portable_kernels();
const NttKernels& goldilocks_avx2_kernels();    // only on x86-64
const NttKernels& fr_avx512_kernels();          // only on x86-64
const NttKernels& goldilocks_avx512_kernels();  // only on x86-64

}  // namespace proofcard::kernels::ntt_cpu
