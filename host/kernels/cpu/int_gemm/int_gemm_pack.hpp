// Packing of integer matrices for int_gemm_kernels.hpp, compiled once per instruction set: in an unnamed namespace, so
// that no copy made for a newer processor is linked into portable code.
#pragma once

#include "host/kernels/cpu/int_gemm/int_gemm_kernels.hpp"

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

// to[i] = signed_byte(from[i]).
template <class Lane, class T>
[[gnu::always_inline]] inline void narrow(Lane* __restrict to, const T* __restrict from, std::size_t count,
                                          unsigned plane) {
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = static_cast<Lane>(signed_byte(from[i], plane));
  }
}

// Outputs are adjacent in memory: a group gathers Group rows.
template <std::size_t Group, class T>
void pack_rows(std::uint32_t* __restrict out, std::size_t group_stride, const T* data, const IntPanel& panel,
               unsigned plane) {
  const std::size_t num_k = panel.num_k, num_outputs = panel.num_outputs, stride = panel.stride_k;
  for (std::size_t k = 0; k < num_k; k += Group) {
    std::uint32_t* __restrict to = out + k / Group * group_stride;
    const T* __restrict rows = data + k * stride;
    if (k + Group <= num_k) {
      for (std::size_t o = 0; o < num_outputs; ++o) {
        std::uint32_t group = 0;
#pragma GCC unroll 4
        for (std::size_t t = 0; t < Group; ++t) {
          group |= in_group<Group>(signed_byte(rows[t * stride + o], plane), t);
        }
        to[o] = group;
      }
      continue;
    }
    for (std::size_t o = 0; o < num_outputs; ++o) {
      std::uint32_t group = 0;
      for (std::size_t t = 0; k + t < num_k; ++t) {
        group |= in_group<Group>(signed_byte(rows[t * stride + o], plane), t);
      }
      to[o] = group;
    }
  }
}

template <std::size_t Group>
struct LaneOf;
template <>
struct LaneOf<2> {
  using Type [[gnu::may_alias]] = std::int16_t;
};
template <>
struct LaneOf<4> {
  using Type [[gnu::may_alias]] = std::int8_t;
};

// The summed index is adjacent in memory: a group is a piece of a row.
template <std::size_t Group, class T>
void pack_columns(std::uint32_t* out, std::size_t output_stride, const T* data, const IntPanel& panel, unsigned plane) {
  using Lane = typename LaneOf<Group>::Type;
  // Copies, because stores to lanes may alias the panel and would keep the loop scalar.
  const std::size_t num_k = panel.num_k, num_outputs = panel.num_outputs, stride = panel.stride_o;
  const std::size_t padded = (num_k + Group - 1) / Group * Group;
  for (std::size_t o = 0; o < num_outputs; ++o) {
    Lane* to = reinterpret_cast<Lane*>(out + o * output_stride);
    narrow(to, data + o * stride, num_k, plane);
    for (std::size_t k = num_k; k < padded; ++k) {
      to[k] = 0;
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
