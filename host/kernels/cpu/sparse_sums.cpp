// Every scalar in non-adjacent form, so that a third of its digits are 1 or -1. From the highest digit down, the sum of
// each row is doubled and gets the points whose digit is not zero: one batch of additions for all rows.
#include "host/kernels/sparse_sums.hpp"

#include <string.h>

#include <algorithm>
#include <bit>
#include <numeric>

#include "host/base/check.hpp"
#include "host/base/erasing_allocator.hpp"
#include "host/base/parallel.hpp"
#include "host/kernels/cpu/msm/msm_bases.hpp"
#include "host/kernels/cpu/msm/msm_buckets.hpp"
#include "host/kernels/cpu/msm/msm_digits.hpp"
#include "host/kernels/cpu/msm/msm_segments.hpp"

namespace proofcard::kernels {
namespace msm_cpu {
namespace {

// Rows that a task works at: their sums stay in cache and a batch of additions has room for all.
constexpr std::size_t kRowsPerTask = 1024;
// From here on the buckets of a sum of its own are worth their folding.
constexpr std::size_t kManyTerms = 512;

// Non-adjacent form: digit i is bit i of plus less bit i of minus.
struct Digits {
  U256 plus, minus;

  explicit Digits(const Fr& scalar) {
    const SignedInteger<4> k = signed_integer(scalar);  // below 2^253
    const U256 triple = detail::add(detail::add(k.magnitude, k.magnitude), k.magnitude);
    for (std::size_t i = 0; i < 4; ++i) {
      const std::uint64_t carried = i < 3 ? (triple[i + 1] ^ k.magnitude[i + 1]) << 63 : 0;
      const std::uint64_t nonzero = (triple[i] ^ k.magnitude[i]) >> 1 | carried;
      const std::uint64_t high = triple[i] >> 1 | (i < 3 ? triple[i + 1] << 63 : 0);
      plus[i] = nonzero & high;
      minus[i] = nonzero & ~high;
    }
    if (k.negative) {
      std::swap(plus, minus);
    }
  }
  static bool bit(const U256& bits, std::size_t i) { return ((bits[i / 64] >> (i % 64)) & 1) != 0; }
  std::size_t size() const {
    for (std::size_t i = 4; i-- > 0;) {
      if (const std::uint64_t any = plus[i] | minus[i]; any != 0) {
        return 64 * i + static_cast<std::size_t>(std::bit_width(any));
      }
    }
    return 0;
  }
};

// The rows of one task that are not left to a sum of their own.
template <class Point>
class RowsOfTask {
 public:
  RowsOfTask(const PointOpsOf<Point>& ops, const Point* points, const SparseMatrix& matrix)
      : summer_(thread_summer(ops)), points_(points), matrix_(matrix) {}

  void add(std::size_t row) {
    Row r{row, digits_.size(), 0, 0};
    for (std::size_t k = matrix_.offsets[row]; k < matrix_.offsets[row + 1]; ++k) {
      digits_.emplace_back(matrix_.scalars[k]);
      r.num_digits = std::max(r.num_digits, digits_.back().size());
    }
    r.end = digits_.size();
    rows_.push_back(r);
  }

  // out is indexed by rows of the matrix.
  void sum(Point* out) {
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const Row& a, const Row& b) { return a.num_digits > b.num_digits; });
    PackedArrayOf<Point> sums = make_packed_array<Point>(rows_.size()),
                         doubled = make_packed_array<Point>(rows_.size());
    const std::size_t num_levels = rows_.empty() ? 0 : rows_.front().num_digits;
    std::size_t num_begun = 0;
    for (std::size_t level = num_levels; level-- > 0;) {
      refs_.clear();
      segments_.clear();
      std::size_t i = 0;
      for (; i < rows_.size() && rows_[i].num_digits > level; ++i) {
        const std::size_t begin = refs_.size();
        if (i < num_begun) {
          refs_.insert(refs_.end(), 2, ref_to(sums.get() + i, false));
        }
        add_digits(rows_[i], level);
        segments_.push_back({begin, refs_.size() - begin, doubled.get() + i});
      }
      num_begun = i;
      summer_.sum(refs_, segments_);
      std::swap(sums, doubled);
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      out[rows_[i].row] = i < num_begun ? sums[i] : Point{};
    }
  }

 private:
  struct Row {
    std::size_t row, begin, end;  // [begin, end) of digits_
    std::size_t num_digits;
  };

  void add_digits(const Row& row, std::size_t level) {
    const std::uint32_t* index = matrix_.points.data() + matrix_.offsets[row.row];
    for (std::size_t k = row.begin; k < row.end; ++k, ++index) {
      const bool plus = Digits::bit(digits_[k].plus, level);
      if (plus || Digits::bit(digits_[k].minus, level)) {
        refs_.push_back(ref_to(points_ + *index, !plus));
      }
    }
  }

  SegmentSummer<Point>& summer_;
  const Point* points_;
  const SparseMatrix& matrix_;
  std::vector<Row> rows_;
  std::vector<Digits, ErasingAllocator<Digits>> digits_;  // of a secret, in a ceremony
  std::vector<PointRef> refs_;
  std::vector<Segment<Point>> segments_;
};

template <class Point>
std::vector<typename Point::Affine> sparse_sums(const PointOpsOf<Point>& ops,
                                                std::span<const typename Point::Affine> points,
                                                const SparseMatrix& matrix) {
  PROOFCARD_CHECK(matrix.offsets.back() == matrix.scalars.size() && matrix.points.size() == matrix.scalars.size());
  const PackedArrayOf<Point> packed = pack_points(points);
  const std::size_t num_rows = matrix.num_rows();
  const auto num_terms = [&](std::size_t row) { return matrix.offsets[row + 1] - matrix.offsets[row]; };
  PackedArrayOf<Point> sums = make_packed_array<Point>(num_rows);
  parallel_for((num_rows + kRowsPerTask - 1) / kRowsPerTask, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t task = begin; task < end; ++task) {
      RowsOfTask<Point> rows(ops, packed.get(), matrix);
      for (std::size_t row = task * kRowsPerTask; row < std::min(num_rows, (task + 1) * kRowsPerTask); ++row) {
        if (num_terms(row) < kManyTerms) {
          rows.add(row);
        }
      }
      rows.sum(sums.get());
    }
  });
  std::vector<typename Point::Affine> out(num_rows);
  unpack_points(sums.get(), out);
  for (std::size_t row = 0; row < num_rows; ++row) {
    if (num_terms(row) >= kManyTerms) {
      const PackedArrayOf<Point> terms = make_packed_array<Point>(num_terms(row));
      std::vector<SignedInteger<4>> values(num_terms(row));
      for (std::size_t k = 0; k < values.size(); ++k) {
        terms[k] = packed[matrix.points[matrix.offsets[row] + k]];
        values[k] = signed_integer(matrix.scalars[matrix.offsets[row] + k]);
      }
      out[row] = bucket_msm(ops, terms.get(), std::span<const SignedInteger<4>>(values)).to_affine();
    }
  }
  return out;
}

}  // namespace
}  // namespace msm_cpu

std::vector<curve::G1Affine> cpu_sparse_sums(std::span<const curve::G1Affine> points, const SparseMatrix& matrix) {
  return msm_cpu::sparse_sums<msm_cpu::PackedPoint>(msm_cpu::active_point_ops(), points, matrix);
}
std::vector<curve::G2Affine> cpu_sparse_sums(std::span<const curve::G2Affine> points, const SparseMatrix& matrix) {
  return msm_cpu::sparse_sums<msm_cpu::PackedPointG2>(msm_cpu::active_point_ops_g2(), points, matrix);
}

std::vector<curve::G1Affine> cpu_scale_points(std::span<const curve::G1Affine> points, const Fr& scalar) {
  SparseMatrix matrix;
  matrix.offsets.resize(points.size() + 1);
  std::iota(matrix.offsets.begin(), matrix.offsets.end(), std::size_t{0});
  matrix.points.resize(points.size());
  std::iota(matrix.points.begin(), matrix.points.end(), std::uint32_t{0});
  matrix.scalars.assign(points.size(), scalar);
  std::vector<curve::G1Affine> out = cpu_sparse_sums(points, matrix);
  ::explicit_bzero(matrix.scalars.data(), matrix.scalars.size() * sizeof(Fr));
  return out;
}

}  // namespace proofcard::kernels
