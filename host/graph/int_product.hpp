// Products of packed integer panels: out[i][j] += sum_k rows[i][k] * cols[j][k].
//
// Both panels are row-major with k contiguous and padded with zeros to a multiple of kPanelAlign. One generic source
// (int_product_kernel.hpp) is compiled per instruction set; active_isa() chooses.
// Range: 16-bit operands sum in 32 bits, so the caller keeps max|rows| * max|cols| * depth < 2^31 a call; the wider
//        ones sum in 64 bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/base/cpu_features.hpp"

namespace proofcard::graph {

inline constexpr std::size_t kPanelAlign = 32;

template <class T>
struct PanelProduct {
  const T* rows = nullptr;
  std::size_t num_rows = 0;
  const T* cols = nullptr;
  std::size_t num_cols = 0;
  std::size_t depth = 0;        // padded; the stride of both panels
  std::int64_t* out = nullptr;  // num_rows x num_cols, row-major
};

struct IntProductKernels {
  Isa isa = Isa::kPortable;  // what the code was compiled for
  void (*i16)(const PanelProduct<std::int16_t>&) = nullptr;
  void (*i32)(const PanelProduct<std::int32_t>&) = nullptr;
  void (*i64)(const PanelProduct<std::int64_t>&) = nullptr;
};

// Those for active_isa().
const IntProductKernels& int_product_kernels();

extern const IntProductKernels kIntProductPortable;
#if defined(__x86_64__)
extern const IntProductKernels kIntProductAvx2;
extern const IntProductKernels kIntProductAvx512;
#endif

inline void multiply(const PanelProduct<std::int16_t>& p) { int_product_kernels().i16(p); }
inline void multiply(const PanelProduct<std::int32_t>& p) { int_product_kernels().i32(p); }
inline void multiply(const PanelProduct<std::int64_t>& p) { int_product_kernels().i64(p); }

}  // namespace proofcard::graph
