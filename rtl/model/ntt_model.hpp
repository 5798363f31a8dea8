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

// A factor as it lies in memory, times what pc_ntt_mul divides products by. An Fr's words are its Montgomery form, with
// 2^256, so 2^4 is left for 2^260; the data may be in any form, since transforms are linear.
inline Goldilocks ntt_factor(Goldilocks value) { return value; }
inline Fr ntt_factor(const Fr& value) { return value * Fr::from_u64(16); }

template <class F>
F ntt_power(F base, std::size_t exponent) {
  F result = F::one();
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) {
      result *= base;
    }
    base *= base;
  }
  return result;
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
    F power = ntt_power(root, first_row);
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
