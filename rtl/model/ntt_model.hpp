// What host and NTT core agree about: how a job is split, and the twiddles it reads.
//
// Source:  docs/rtl/ntt.md has the formulas; rtl/ntt/pc_ntt_plan.sv and pc_ntt_twiddles.sv are the other side.
// Shape:   elements in the order of memory: table, constants of columns, constants of rows. Fr's carry the factor
// 2^260.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "host/field/two_adic.hpp"

namespace proofcard::rtl {

struct NttCore {
  unsigned log_lanes;
  unsigned two_pass_from;
};

// What pc_ntt_mul divides products by.
inline Goldilocks ntt_factor(Goldilocks value) { return value; }
inline Fr ntt_factor(const Fr& value) {
  constexpr Fr kR = Fr::from_u64(std::uint64_t{1} << 52) * Fr::from_u64(std::uint64_t{1} << 52) *
                    Fr::from_u64(std::uint64_t{1} << 52) * Fr::from_u64(std::uint64_t{1} << 52) *
                    Fr::from_u64(std::uint64_t{1} << 52);
  return value * kR;
}

// The twiddles of a job. Pre: shift is not zero.
template <class F>
std::vector<F> ntt_twiddles(const NttCore& core, unsigned log_n, bool inverse, const F& shift) {
  const bool two_pass = log_n >= core.two_pass_from;
  const unsigned row_bits = two_pass ? log_n / 2 : log_n;
  const unsigned column_bits = log_n - row_bits;
  const std::size_t lanes = std::size_t{1} << core.log_lanes;
  constexpr std::size_t kPack = sizeof(F) == 8 ? 4 : 1;  // elements of a beat
  std::vector<F> values;
  // Entry b: the root of order 2h to the power of b's bits reversed, for h = 2^k > b.
  const unsigned table_bits = std::max(column_bits, row_bits);
  if (table_bits > 0) {
    values = {F::one()};
    for (unsigned k = 0; k + 1 < table_bits; ++k) {
      const F root = root_of_unity<F>(k + 2);
      for (std::size_t b = 0, count = values.size(); b < count; ++b) {
        values.push_back(values[b] * root);
      }
    }
    values.resize(std::max(values.size(), kPack));
  }
  // Level s of all log_n: shift^(n / 2^(s+1)) times, for rows, w^row with w of order 2^(s+1); inverted for inverse
  // transforms.
  const auto add_level = [&](unsigned level, std::size_t first_row, bool by_row) {
    F common = inverse ? shift.inverse() : shift;
    for (unsigned k = level + 1; k < log_n; ++k) {
      common *= common;
    }
    const F root = inverse ? root_of_unity<F>(level + 1).inverse() : root_of_unity<F>(level + 1);
    F power = root.pow_vartime(first_row);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      values.push_back(by_row ? common * power : common);
      power *= root;
    }
  };
  for (unsigned s = 0; two_pass && s < column_bits; ++s) {
    add_level(s, 0, false);
  }
  const std::size_t num_sets = two_pass ? (std::size_t{1} << column_bits) / lanes : 1;
  for (std::size_t set = 0; set < num_sets; ++set) {
    for (unsigned s = 0; s < row_bits; ++s) {
      add_level(two_pass ? column_bits + s : s, set * lanes, two_pass);
    }
  }
  for (F& v : values) {
    v = ntt_factor(v);
  }
  return values;
}

}  // namespace proofcard::rtl
