#include "host/kernels/cpu/int_gemm/int_gemm_pack.hpp"

namespace proofcard::kernels::detail {
namespace {

constexpr std::size_t kGroup = 2;
// Groups are written as 32-bit words and read as pairs of 16-bit numbers.
using Half [[gnu::may_alias]] = std::int16_t;

void pack_digits(std::uint32_t* out, const std::uint64_t* elements, std::size_t count) {
  for (std::size_t k = 0; k < count; k += kGroup, out += kDigits) {
    for (std::size_t d = 0; d < kDigits; ++d) {
      const auto digit = [&](std::size_t i) {
        return i < count ? static_cast<std::uint32_t>(elements[4 * i + d / 8] >> (8 * (d % 8)) & 0xff) : 0;
      };
      out[d] = digit(k) | digit(k + 1) << 16;
    }
  }
}

void accumulate(std::int32_t* sums, const std::uint32_t* digits, std::size_t num_groups, const std::uint32_t* integers,
                std::size_t group_stride, std::size_t output_stride, std::size_t num_outputs) {
  for (std::size_t o = 0; o < num_outputs; ++o) {
    std::int32_t local[kDigits];
    for (std::size_t d = 0; d < kDigits; ++d) {
      local[d] = sums[o * kDigits + d];
    }
    for (std::size_t g = 0; g < num_groups; ++g) {
      const std::uint32_t pair = integers[g * group_stride + o * output_stride];
      const auto first = static_cast<std::int16_t>(pair), second = static_cast<std::int16_t>(pair >> 16);
      const Half* row = reinterpret_cast<const Half*>(digits + g * kDigits);
      for (std::size_t d = 0; d < kDigits; ++d) {
        local[d] += row[2 * d] * first + row[2 * d + 1] * second;
      }
    }
    for (std::size_t d = 0; d < kDigits; ++d) {
      sums[o * kDigits + d] = local[d];
    }
  }
}

}  // namespace

const IntGemmKernels& int_gemm_portable() {
  static constexpr IntGemmKernels kKernels{.compiled_for = Isa::kPortable,
                                           .group = kGroup,
                                           .pack_digits = pack_digits,
                                           .pack_integers = pack_integers<kGroup>,
                                           .accumulate = accumulate};
  return kKernels;
}

}  // namespace proofcard::kernels::detail
