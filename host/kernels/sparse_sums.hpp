// Many sums of scalar multiples of a few points each: a sparse matrix of field elements times a vector of points. What
// keys of circuits, their contributions and transforms of points are made of.
//
// Shape:   row i of the matrix has scalars[k] at points[k] for offsets[i] <= k < offsets[i + 1]; out[i] is its sum.
//          offsets: as many as rows, and one.
// Result:  affine, so equal sums compare equal whatever the order of additions. Points are on their curve (G2: of any
//          order), infinity is allowed.
// Timing:  variable time; a scalar of small magnitude costs less, 1 and -1 one addition.
// Pre:     offsets ascend from 0 to the number of scalars; as many indices as scalars; indices below num_points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"
#include "host/field/fr.hpp"

namespace proofcard::kernels {

struct SparseMatrix {
  std::vector<std::size_t> offsets{0};
  std::vector<std::uint32_t> points;
  std::vector<Fr> scalars;

  std::size_t num_rows() const { return offsets.size() - 1; }
  void add_term(std::uint32_t point, const Fr& scalar) {
    points.push_back(point);
    scalars.push_back(scalar);
  }
  void end_row() { offsets.push_back(scalars.size()); }
};

// Double-and-add; the definition that the others are tested against.
std::vector<curve::G1Affine> reference_sparse_sums(std::span<const curve::G1Affine> points, const SparseMatrix& matrix);
std::vector<curve::G2Affine> reference_sparse_sums(std::span<const curve::G2Affine> points, const SparseMatrix& matrix);
// All rows bit by bit together, in batches of affine additions; AVX-512 IFMA or portable by active_isa(). Rows of many
// terms are a Pippenger sum each. Parallel.
std::vector<curve::G1Affine> cpu_sparse_sums(std::span<const curve::G1Affine> points, const SparseMatrix& matrix);
std::vector<curve::G2Affine> cpu_sparse_sums(std::span<const curve::G2Affine> points, const SparseMatrix& matrix);

// scalar times each point, by the same additions.
std::vector<curve::G1Affine> cpu_scale_points(std::span<const curve::G1Affine> points, const Fr& scalar);

}  // namespace proofcard::kernels
