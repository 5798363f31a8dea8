#include "host/groth16/ceremony/lagrange.hpp"

#include <bit>

#include "host/base/check.hpp"
#include "host/field/two_adic.hpp"
#include "host/kernels/sparse_sums.hpp"

namespace proofcard::groth16 {
namespace {

using curve::G1Affine;
using curve::G2Affine;
using kernels::SparseMatrix;

std::size_t bit_reverse(std::size_t i, unsigned bits) {
  std::size_t out = 0;
  for (unsigned k = 0; k < bits; ++k) {
    out = out << 1 | ((i >> k) & 1);
  }
  return out;
}

// start, start * ratio, ..
std::vector<Fr> geometric(Fr start, const Fr& ratio, std::size_t count) {
  std::vector<Fr> out(count);
  for (Fr& v : out) {
    v = start;
    start *= ratio;
  }
  return out;
}

// A row for each point with one term: its scalar.
SparseMatrix diagonal(std::vector<Fr> scalars) {
  SparseMatrix out;
  for (std::uint32_t i = 0; i < scalars.size(); ++i) {
    out.points.push_back(i);
    out.offsets.push_back(i + 1);
  }
  out.scalars = std::move(scalars);
  return out;
}

// sum_j w^(-i j) P_j, without the factor 1 / n. Radix 2, decimation in frequency: of each pair the sum goes to the lower
// half, the difference times a power of 1 / w to the upper one.
template <class Point>
std::vector<Point> transform(std::vector<Point> points) {
  const std::size_t n = points.size();
  const auto log_n = static_cast<unsigned>(std::countr_zero(n));
  const Fr root = root_of_unity<Fr>(log_n).inverse();
  for (unsigned level = 0; level < log_n; ++level) {
    const std::size_t half = n >> (level + 1);
    SparseMatrix pairs;
    for (std::size_t i = 0; i < n; ++i) {
      const bool upper = (i & half) != 0;
      pairs.add_term(static_cast<std::uint32_t>(upper ? i - half : i), Fr::one());
      pairs.add_term(static_cast<std::uint32_t>(upper ? i : i + half), upper ? -Fr::one() : Fr::one());
      pairs.end_row();
    }
    points = kernels::cpu_sparse_sums(points, pairs);
    const std::vector<Fr> twiddles = geometric(Fr::one(), root.pow_vartime({std::uint64_t{1} << level, 0, 0, 0}), half);
    std::vector<Fr> factors(n, Fr::one());
    for (std::size_t i = 0; i < n; ++i) {
      if ((i & half) != 0) {
        factors[i] = twiddles[i & (half - 1)];
      }
    }
    points = kernels::cpu_sparse_sums(points, diagonal(std::move(factors)));
  }
  std::vector<Point> out(n);
  for (std::size_t i = 0; i < n; ++i) {
    out[bit_reverse(i, log_n)] = points[i];
  }
  return out;
}

template <class Point>
std::vector<Point> lagrange(std::vector<Point> powers) {
  PROOFCARD_CHECK(std::has_single_bit(powers.size()) && powers.size() <= std::size_t{1} << TwoAdic<Fr>::kLogOrder);
  const std::vector<Fr> factors(powers.size(), Fr::from_u64(powers.size()).inverse());
  return transform(kernels::cpu_sparse_sums(powers, diagonal(factors)));
}

}  // namespace

std::vector<G1Affine> lagrange_points(std::vector<G1Affine> powers) { return lagrange(std::move(powers)); }
std::vector<G2Affine> lagrange_points(std::vector<G2Affine> powers) { return lagrange(std::move(powers)); }

// 2 n K_i = sum_{j < 2 n} v^(-(2 i + 1) j) x^j with v^2 = w. Terms j and n + j have opposite factors, so this is the
// transform of length n of v^-j (x^j - x^(n + j)).
std::vector<G1Affine> odd_lagrange_points(std::span<const G1Affine> powers) {
  PROOFCARD_CHECK(std::has_single_bit(powers.size()) && powers.size() >= 2 &&
                  powers.size() <= std::size_t{1} << TwoAdic<Fr>::kLogOrder);
  const std::size_t n = powers.size() / 2;
  SparseMatrix differences;
  for (std::uint32_t j = 0; j < n; ++j) {
    differences.add_term(j, Fr::one());
    differences.add_term(static_cast<std::uint32_t>(n) + j, -Fr::one());
    differences.end_row();
  }
  const Fr root = root_of_unity<Fr>(static_cast<unsigned>(std::countr_zero(powers.size()))).inverse();
  return transform(kernels::cpu_sparse_sums(kernels::cpu_sparse_sums(powers, differences),
                                            diagonal(geometric(Fr::from_u64(powers.size()).inverse(), root, n))));
}

}  // namespace proofcard::groth16
