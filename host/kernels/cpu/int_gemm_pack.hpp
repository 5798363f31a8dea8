// Packing of integer matrices for int_gemm_kernels.hpp, compiled once per instruction set: in an unnamed namespace, so
// that no copy made for a newer processor is linked into portable code.
#pragma once

#include "host/kernels/cpu/int_gemm_kernels.hpp"

namespace proofcard::kernels::detail {
namespace {

// Byte `plane` of v as a signed number: the top byte as it is, a lower one minus 128.
template <class T>
[[gnu::always_inline]] inline std::int32_t signed_byte(T v, unsigned plane) {
  const auto byte = static_cast<std::uint8_t>(v >> (8 * plane));
  const std::uint8_t flip = plane + 1 == sizeof(T) ? 0 : 0x80;
  return static_cast<std::int8_t>(byte ^ flip);
}

// Value number t of a group of Group values.
template <std::size_t Group>
[[gnu::always_inline]] inline std::uint32_t in_group(std::int32_t value, std::size_t t) {
  constexpr std::uint32_t kMask = Group == 4 ? 0xff : 0xffff;
  return (static_cast<std::uint32_t>(value) & kMask) << (32 / Group * t);
}

// Outputs are adjacent in memory: a group gathers Group rows.
template <std::size_t Group, class T>
void pack_rows(std::uint32_t* __restrict out, std::size_t group_stride, const T* data, const IntPanel& panel,
               unsigned plane) {
  for (std::size_t k = 0; k < panel.num_k; k += Group) {
    std::uint32_t* to = out + k / Group * group_stride;
    const T* rows = data + k * panel.stride_k;
    if (k + Group <= panel.num_k) {
      for (std::size_t o = 0; o < panel.num_outputs; ++o) {
        std::uint32_t group = 0;
#pragma GCC unroll 4
        for (std::size_t t = 0; t < Group; ++t) {
          group |= in_group<Group>(signed_byte(rows[t * panel.stride_k + o], plane), t);
        }
        to[o] = group;
      }
      continue;
    }
    for (std::size_t o = 0; o < panel.num_outputs; ++o) {
      std::uint32_t group = 0;
      for (std::size_t t = 0; k + t < panel.num_k; ++t) {
        group |= in_group<Group>(signed_byte(rows[t * panel.stride_k + o], plane), t);
      }
      to[o] = group;
    }
  }
}

// The summed index is adjacent in memory: a group is a piece of a row.
template <std::size_t Group, class T>
void pack_columns(std::uint32_t* __restrict out, std::size_t output_stride, const T* data, const IntPanel& panel,
                  unsigned plane) {
  const std::size_t full = panel.num_k / Group;
  for (std::size_t o = 0; o < panel.num_outputs; ++o) {
    std::uint32_t* to = out + o * output_stride;
    const T* row = data + o * panel.stride_o;
    for (std::size_t g = 0; g < full; ++g) {
      std::uint32_t group = 0;
#pragma GCC unroll 4
      for (std::size_t t = 0; t < Group; ++t) {
        group |= in_group<Group>(signed_byte(row[g * Group + t], plane), t);
      }
      to[g] = group;
    }
    if (full * Group < panel.num_k) {
      std::uint32_t group = 0;
      for (std::size_t t = 0; full * Group + t < panel.num_k; ++t) {
        group |= in_group<Group>(signed_byte(row[full * Group + t], plane), t);
      }
      to[full] = group;
    }
  }
}

template <std::size_t Group, class T>
void pack_typed(std::uint32_t* out, std::size_t group_stride, std::size_t output_stride, const IntPanel& panel,
                unsigned plane) {
  const T* data = static_cast<const T*>(panel.data);
  if (panel.stride_k == 1) {
    // Pre: group_stride == 1.
    pack_columns<Group>(out, output_stride, data, panel, plane);
  } else {
    // Pre: stride_o == 1 and output_stride == 1.
    pack_rows<Group>(out, group_stride, data, panel, plane);
  }
}

template <std::size_t Group>
void pack_integers(std::uint32_t* out, std::size_t group_stride, std::size_t output_stride, const IntPanel& panel,
                   unsigned plane) {
  switch (panel.type) {
    case IntType::kI8:
      pack_typed<Group, std::int8_t>(out, group_stride, output_stride, panel, plane);
      break;
    case IntType::kI16:
      pack_typed<Group, std::int16_t>(out, group_stride, output_stride, panel, plane);
      break;
    case IntType::kI32:
      pack_typed<Group, std::int32_t>(out, group_stride, output_stride, panel, plane);
      break;
    case IntType::kI64:
      pack_typed<Group, std::int64_t>(out, group_stride, output_stride, panel, plane);
      break;
  }
}

}  // namespace
}  // namespace proofcard::kernels::detail
