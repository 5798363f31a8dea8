// Generators of the commitments that hide messages, and of all blinding terms.
//
// A hidden message is cut into rows of at most kHiddenRowLen field elements; a row's commitment is
// sum_j value_j * columns[j] + blinding * H. Derived by hash-to-curve once a process; nobody knows relations between
// them.
#pragma once

#include <vector>

#include "host/curve/fixed_base.hpp"
#include "host/curve/g1.hpp"

namespace proofcard {

inline constexpr std::size_t kHiddenRowLen = 16;

struct HidingKey {
  std::vector<curve::G1Affine> columns;  // kHiddenRowLen
  curve::G1Affine blinding;              // H
};

const HidingKey& hiding_key();
// Multiples of columns, then H: for provers, who need many sums of them. Made by the first call.
const curve::FixedBases& hiding_tables();

// blinding * H for each.
std::vector<curve::G1Affine> blinding_terms(std::span<const Fr> blindings);

// Commitments of rows of at most kHiddenRowLen values each, row-major with stride kHiddenRowLen; counts[i] values are
// used.
std::vector<curve::G1Affine> commit_hidden_rows(std::span<const Fr> values, std::span<const std::uint32_t> counts,
                                                std::span<const Fr> blindings);

}  // namespace proofcard
