// Between the host's types and the kernel's: scalars to rows of bytes, results to affine points.
//
// Shape:   as docs/abi.md says; a row starts at a multiple of 64 bytes.
// Errors:  results that a working card cannot give: kDeviceFault. Those are coordinates past the modulus, no point of
// the
//          curve, all zeros (infinity is (0, Y, 0) with Y other than 0), anything but zeros after the coordinates. A
//          wrong point of the curve is not seen here.
#pragma once

#include <span>

#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/curve/g1.hpp"
#include "host/device/abi/abi.hpp"

namespace proofcard::device {

// Scalars of rows over the same bases, as the caller has them.
class RowScalars {
 public:
  explicit RowScalars(const IntSpan& ints) : ints_(ints) {}
  explicit RowScalars(std::span<const Fr> full) : full_(full), is_full_(true) {}

  std::size_t scalar_bytes() const;
  // 8, 16, 32 or 254, as the kernel takes them: 64-bit integers go as residues.
  std::uint32_t bits() const;
  // Of one row of num_points scalars, with padding.
  std::size_t row_bytes(std::size_t num_points) const;
  // Writes scalars [row * row_len + first, ... + num_points) of rows [row, row + num_rows) to out.
  void encode(std::span<std::uint8_t> out, std::size_t row, std::size_t num_rows, std::size_t row_len,
              std::size_t first, std::size_t num_points) const;

  IntSpan ints_;
  std::span<const Fr> full_;
  bool is_full_ = false;
};

// out[i] = sum over windows w of 2^(window_bits * (first_window + w)) * result[i][w].
// results: out.size() * num_windows of them.
Status join_results(std::span<curve::G1> out, std::span<const std::uint8_t> results, std::size_t first_window,
                    std::size_t num_windows, unsigned window_bits);

}  // namespace proofcard::device
