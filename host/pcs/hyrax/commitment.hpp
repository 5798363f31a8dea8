// Hyrax commitments: a column is a matrix of rows, each row has one Pedersen commitment over shared generators.
//
// Source:  Wahby, Tzialla, shelat, Thaler, Walfish, "Doubly-efficient zkSNARKs without trusted setup" (Hyrax), sec. 6.
// Setup:   transparent; generators come from hash-to-curve, one indexed list a label, so shorter rows use a prefix.
// Hiding:  a row's commitment carries blinding * H (transcript/hiding_key.hpp), zero rows too; no blinding means 0.
// Order:   value i of a column stands in row i >> log_row_len at position i mod 2^log_row_len.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/curve/g1.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard::pcs::hyrax {

using Generators = std::vector<curve::G1Affine>;  // 2^log_row_len

// Derives 2^log_row_len generators. Deterministic; what a process has derived it keeps, up to 65,536 of them. Thread safe.
Generators derive(unsigned log_row_len);

// Row commitments of a column. blindings: one a row, or none.
// Pre: values hold whole rows; bases are the generators, loaded by msm.
Result<std::vector<curve::G1Affine>> commit(const kernels::Msm& msm, const kernels::MsmBases& bases,
                                            const IntSpan& values, unsigned log_row_len, std::span<const Fr> blindings);

// Makes commitments of the sums of rows. blindings: one a row, or none.
void blind(std::span<curve::G1Affine> rows, std::span<const Fr> blindings);

}  // namespace proofcard::pcs::hyrax
