// Data of the kernels ntt_fr and ntt_gl as the card has it: points striped over memory channels, and constants.
//
// Source:  docs/abi_ntt_fr.md, docs/abi_ntt_gl.md have the formulas.
// Shape:   channel k has beat k of every word of kWordElements points.
// Range:   transforms are linear, so Fr goes to the card as it is, in Montgomery form, and comes back so; constants are
//          what the card multiplies with, plain numbers times 2^260.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "host/device/abi/abi_ntt_fr.hpp"
#include "host/device/abi/abi_ntt_gl.hpp"
#include "host/field/fr.hpp"
#include "host/field/goldilocks.hpp"
#include "host/kernels/ntt.hpp"

namespace proofcard::device {

// The generated constants of a field's kernel, under names that do not depend on the field.
template <class F>
struct NttAbi;
template <>
struct NttAbi<Fr> {
  using CompletionRecord = abi::ntt_fr::CompletionRecord;
  static constexpr const abi::KernelAbi& kKernel = abi::ntt_fr::kKernel;
  static constexpr std::uint64_t kHash = abi::ntt_fr::kAbiHash;
  static constexpr std::size_t kNumChannels = abi::ntt_fr::kNumChannels;
  static constexpr std::size_t kWordElements = abi::ntt_fr::kWordElements;
  static constexpr unsigned kLogWordElements = abi::ntt_fr::kLogWordElements;
  static constexpr std::size_t kIdIn = abi::ntt_fr::kIdIn0;
  static constexpr std::size_t kIdOut = abi::ntt_fr::kIdOut0;
  static constexpr std::size_t kIdScratch = abi::ntt_fr::kIdScratch0;
  static constexpr std::size_t kIdTwiddles = abi::ntt_fr::kIdTwiddles;
  static constexpr std::size_t kIdStatus = abi::ntt_fr::kIdStatus;
  static constexpr std::size_t kIdLogN = abi::ntt_fr::kIdLogN;
  static constexpr std::size_t kIdBatch = abi::ntt_fr::kIdBatch;
  static constexpr std::size_t kIdFlags = abi::ntt_fr::kIdFlags;
  static constexpr std::size_t kIdJobId = abi::ntt_fr::kIdJobId;
  static constexpr auto error_text = abi::ntt_fr::error_text;
};
template <>
struct NttAbi<Goldilocks> {
  using CompletionRecord = abi::ntt_gl::CompletionRecord;
  static constexpr const abi::KernelAbi& kKernel = abi::ntt_gl::kKernel;
  static constexpr std::uint64_t kHash = abi::ntt_gl::kAbiHash;
  static constexpr std::size_t kNumChannels = abi::ntt_gl::kNumChannels;
  static constexpr std::size_t kWordElements = abi::ntt_gl::kWordElements;
  static constexpr unsigned kLogWordElements = abi::ntt_gl::kLogWordElements;
  static constexpr std::size_t kIdIn = abi::ntt_gl::kIdIn0;
  static constexpr std::size_t kIdOut = abi::ntt_gl::kIdOut0;
  static constexpr std::size_t kIdScratch = abi::ntt_gl::kIdScratch0;
  static constexpr std::size_t kIdTwiddles = abi::ntt_gl::kIdTwiddles;
  static constexpr std::size_t kIdStatus = abi::ntt_gl::kIdStatus;
  static constexpr std::size_t kIdLogN = abi::ntt_gl::kIdLogN;
  static constexpr std::size_t kIdBatch = abi::ntt_gl::kIdBatch;
  static constexpr std::size_t kIdFlags = abi::ntt_gl::kIdFlags;
  static constexpr std::size_t kIdJobId = abi::ntt_gl::kIdJobId;
  static constexpr auto error_text = abi::ntt_gl::error_text;
};

inline constexpr std::size_t kNttBeatBytes = 32;
static_assert(abi::ntt_fr::kBeatBytes == kNttBeatBytes && abi::ntt_gl::kBeatBytes == kNttBeatBytes);
// The same in both descriptions.
inline constexpr std::uint32_t kNttFlagInverse = abi::ntt_fr::kFlagInverse;
inline constexpr std::uint32_t kNttFlagBitReversed = abi::ntt_fr::kFlagBitReversed;
inline constexpr std::uint32_t kNttFlagCoefficientsReversed = abi::ntt_fr::kFlagCoefficientsReversed;
static_assert(abi::ntt_gl::kFlagInverse == kNttFlagInverse && abi::ntt_gl::kFlagBitReversed == kNttFlagBitReversed &&
              abi::ntt_gl::kFlagCoefficientsReversed == kNttFlagCoefficientsReversed);

// The argument flags. The kernel's are by what is in an order, the jobs' by where it is: values are forward's output
// and inverse's input.
constexpr std::uint32_t ntt_flags(kernels::NttDirection direction, kernels::NttOrder order) {
  const bool inverse = direction == kernels::NttDirection::kInverse;
  const std::uint32_t direction_flag = inverse ? kNttFlagInverse : 0;
  if (order == kernels::NttOrder::kNaturalToNatural) {
    return direction_flag;
  }
  const bool values = inverse == (order == kernels::NttOrder::kBitReversedToNatural);
  return direction_flag | (values ? kNttFlagBitReversed : kNttFlagCoefficientsReversed);
}

// How a build splits jobs: the word plan of its completion record.
struct NttPlan {
  unsigned log_lanes = 0;
  unsigned two_pass_from = 0;
  unsigned max_log_n = 0;

  static NttPlan from_word(std::uint32_t plan) { return {plan & 0xff, plan >> 8 & 0xff, plan >> 16 & 0xff}; }
  constexpr bool two_pass(unsigned log_n) const { return log_n >= two_pass_from; }
};

// How many constants those are.
template <class F>
constexpr std::size_t ntt_num_twiddles(const NttPlan& plan, unsigned log_n) {
  const unsigned row_bits = plan.two_pass(log_n) ? log_n / 2 : log_n;
  const unsigned column_bits = log_n - row_bits;
  const unsigned most = std::max(row_bits, column_bits);
  const std::size_t table = most == 0 ? 0 : std::max(std::size_t{1} << (most - 1), kNttBeatBytes / sizeof(F));
  const std::size_t lanes = std::size_t{1} << plan.log_lanes;
  const std::size_t rows = column_bits == 0 ? lanes : std::size_t{1} << column_bits;
  return table + column_bits * lanes + row_bits * rows;
}

// The constants of jobs of this length, direction and coset. Pre: the shift is not zero.
template <class F>
std::vector<F> ntt_twiddles(const NttPlan& plan, unsigned log_n, bool inverse, const F& shift);

// Bytes of one channel's share of this many points.
template <class F>
constexpr std::size_t ntt_channel_bytes(std::size_t num_points) {
  return (num_points + NttAbi<F>::kWordElements - 1) / NttAbi<F>::kWordElements * kNttBeatBytes;
}

template <class F>
using NttChannels = std::array<std::span<std::uint8_t>, NttAbi<F>::kNumChannels>;

// Points to channels and back; what fills up the last word is zero. Pre: channels have ntt_channel_bytes(), aligned to
// a beat.
template <class F>
void stripe(std::span<const F> points, const NttChannels<F>& channels);
template <class F>
void unstripe(const NttChannels<F>& channels, std::span<F> points);

// Whether the channels hold this many elements of the field.
template <class F>
bool are_elements(const NttChannels<F>& channels, std::size_t num_points);

}  // namespace proofcard::device
