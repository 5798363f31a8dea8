#include "host/kernels/sparse_sums.hpp"

namespace proofcard::kernels {
namespace {

template <class Group, class Affine>
std::vector<Affine> sums(std::span<const Affine> points, const SparseMatrix& matrix) {
  std::vector<Affine> out;
  for (std::size_t row = 0; row < matrix.num_rows(); ++row) {
    Group sum;
    for (std::size_t k = matrix.offsets[row]; k < matrix.offsets[row + 1]; ++k) {
      sum += scalar_mul(Group(points[matrix.points[k]]), matrix.scalars[k]);
    }
    out.push_back(sum.to_affine());
  }
  return out;
}

}  // namespace

std::vector<curve::G1Affine> reference_sparse_sums(std::span<const curve::G1Affine> points,
                                                   const SparseMatrix& matrix) {
  return sums<curve::G1>(points, matrix);
}
std::vector<curve::G2Affine> reference_sparse_sums(std::span<const curve::G2Affine> points,
                                                   const SparseMatrix& matrix) {
  return sums<curve::G2>(points, matrix);
}

}  // namespace proofcard::kernels
