// IntGemm: small signed integers times field elements, the product that binds weights and columns to a challenge.
//
// Method:  write each field element as 32 base-256 digits; int8 x uint8 products accumulate in int32, one carry pass an
//          output (docs/protocol.md, "small integers times field elements"). 255 * 128 * K < 2^31 bounds a block at K =
//          2^16.
// Shape:   matrix is num_rows x num_cols, row-major.
#pragma once

#include <span>
#include <string_view>

#include "host/base/int_vector.hpp"
#include "host/field/fr.hpp"

namespace proofcard::kernels {

class IntGemm {
 public:
  virtual ~IntGemm() = default;
  virtual std::string_view name() const = 0;

  // out[j] = sum_i left[i] * matrix[i][j]. Sizes: left num_rows, out num_cols, matrix num_rows * num_cols.
  virtual void left(std::span<Fr> out, std::span<const Fr> left, const IntSpan& matrix) const = 0;

  // out[i] = sum_j matrix[i][j] * right[j]. Sizes: out num_rows, right num_cols, matrix num_rows * num_cols.
  virtual void right(std::span<Fr> out, const IntSpan& matrix, std::span<const Fr> right) const = 0;
};

// One multiplication an entry; the definition that the others are tested against.
const IntGemm& reference_int_gemm();
// Digits and integer products; AVX-512 VNNI, AVX2 or portable by active_isa(). Parallel.
const IntGemm& cpu_int_gemm();

}  // namespace proofcard::kernels
