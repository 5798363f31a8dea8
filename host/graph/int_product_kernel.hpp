// The loops of int_product.hpp, included once by each int_product*.cpp and compiled for its instruction set.
//
// Everything here has internal linkage, so that the linker can never take code for a wider instruction set in place of
// the portable one. The inner loop is a set of dot products, which compilers turn into multiply-add instructions.
#pragma once

#include "host/graph/int_product.hpp"

namespace proofcard::graph {
namespace {

template <class T>
struct Sum {
  using type = std::int64_t;
};
template <>
struct Sum<std::int16_t> {
  using type = std::int32_t;
};

// R x C dot products at once: each loaded vector is used R or C times.
template <class T, std::size_t R, std::size_t C>
void multiply_tile(const PanelProduct<T>& p, std::size_t row, std::size_t col) {
  using S = typename Sum<T>::type;
  const T* __restrict a = p.rows + row * p.depth;
  const T* __restrict b = p.cols + col * p.depth;
  const std::size_t depth = p.depth / kPanelAlign * kPanelAlign;
  S sum[R][C] = {};
  for (std::size_t k = 0; k < depth; ++k) {
    for (std::size_t i = 0; i < R; ++i) {
      for (std::size_t j = 0; j < C; ++j) {
        sum[i][j] += static_cast<S>(a[i * p.depth + k]) * static_cast<S>(b[j * p.depth + k]);
      }
    }
  }
  for (std::size_t i = 0; i < R; ++i) {
    for (std::size_t j = 0; j < C; ++j) {
      p.out[(row + i) * p.num_cols + col + j] += sum[i][j];
    }
  }
}

template <class T, std::size_t R>
void multiply_rows(const PanelProduct<T>& p, std::size_t row) {
  std::size_t col = 0;
  for (; col + 4 <= p.num_cols; col += 4) {
    multiply_tile<T, R, 4>(p, row, col);
  }
  for (; col < p.num_cols; ++col) {
    multiply_tile<T, R, 1>(p, row, col);
  }
}

template <class T>
void multiply_panels(const PanelProduct<T>& p) {
  std::size_t row = 0;
  for (; row + 4 <= p.num_rows; row += 4) {
    multiply_rows<T, 4>(p, row);
  }
  for (; row < p.num_rows; ++row) {
    multiply_rows<T, 1>(p, row);
  }
}

constexpr IntProductKernels kernels_compiled_for(Isa isa) {
  return {isa, multiply_panels<std::int16_t>, multiply_panels<std::int32_t>, multiply_panels<std::int64_t>};
}

}  // namespace
}  // namespace proofcard::graph
