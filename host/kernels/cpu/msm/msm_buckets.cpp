#include "host/kernels/cpu/msm/msm_buckets.hpp"

#include <algorithm>
#include <limits>

#include "host/base/parallel.hpp"
#include "host/kernels/cpu/msm/msm_bases.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

constexpr std::size_t kMaxWindowBits = 16;
// A task of fewer refs is not worth another thread.
constexpr std::size_t kMinRefsPerTask = 2048;

// x = 0.
template <class Point>
bool is_infinity(const Point& p) {
  std::uint64_t any = 0;
  for (std::size_t i = 0; i < 4 * Point::kDegree; ++i) {
    any |= p.words[i];
  }
  return any == 0;
}

// Sums of the refs of every bucket. starts[k] .. starts[k + 1] are the refs of bucket k. A call gets a run of refs, cut
// at any place; a bucket that was cut is put together from its parts at the end.
template <class Point>
void sum_buckets(SegmentSummer<Point>& summer, std::span<PointRef> refs, std::span<const std::size_t> starts,
                 std::span<Point> buckets) {
  struct Part {
    std::size_t bucket;
    Point sum;
  };
  std::vector<Part> parts;
  parts.reserve(2 *
                (refs.size() / kRefsPerCall + 1));  // the first and the last bucket of every call; never reallocated
  std::vector<Segment<Point>> segments;
  std::size_t bucket = 0;
  for (std::size_t begin = 0; begin < refs.size(); begin += kRefsPerCall) {
    const std::size_t end = std::min(begin + kRefsPerCall, refs.size());
    segments.clear();
    while (bucket < buckets.size() && starts[bucket] < end) {
      const std::size_t from = std::max(starts[bucket], begin);
      const std::size_t to = std::min(starts[bucket + 1], end);
      if (from == starts[bucket] && to == starts[bucket + 1]) {
        segments.push_back({from, to - from, &buckets[bucket]});
      } else {
        parts.push_back({bucket, {}});
        segments.push_back({from, to - from, &parts.back().sum});
      }
      if (starts[bucket + 1] > end) {
        break;
      }
      ++bucket;
    }
    summer.sum(refs, segments);
  }
  for (; bucket < buckets.size(); ++bucket) {
    buckets[bucket] = Point{};
  }

  std::vector<PointRef> part_refs;
  segments.clear();
  for (std::size_t i = 0; i < parts.size();) {
    const std::size_t begin = i;
    for (; i < parts.size() && parts[i].bucket == parts[begin].bucket; ++i) {
      part_refs.push_back(ref_to(&parts[i].sum, false));
    }
    segments.push_back({begin, i - begin, &buckets[parts[begin].bucket]});
  }
  summer.sum(part_refs, segments);
}

// The buckets of some windows, one window after the other, each of `stride` = 2^(c - 1) + 1 buckets:
// bits[c w + l] = sum of the buckets of window w whose index has bit l set.
template <class Point>
void fold_buckets(SegmentSummer<Point>& summer, std::span<const Point> buckets, std::size_t stride,
                  std::span<Point> bits) {
  const std::size_t num_windows = buckets.size() / stride;
  const std::size_t window_bits = bits.size() / num_windows;
  std::vector<PackedArrayOf<Point>> levels;
  std::vector<PointRef> refs;
  std::vector<Segment<Point>> segments;
  std::vector<PointRef> pairs;
  // Level l has the 2^(c - 1 - l) sums of buckets that agree in all bits from l on (below the last, which is one
  // bucket).
  const Point* level = buckets.data();
  std::size_t level_stride = stride;
  for (std::size_t l = 0; l + 1 < window_bits; ++l) {
    const std::size_t size = (stride - 1) >> l;
    for (std::size_t w = 0; w < num_windows; ++w) {
      const std::size_t begin = refs.size();
      for (std::size_t k = 1; k < size; k += 2) {
        if (!is_infinity(level[w * level_stride + k])) {
          refs.push_back(ref_to(level + w * level_stride + k, false));
        }
      }
      segments.push_back({begin, refs.size() - begin, &bits[w * window_bits + l]});
    }
    pairs.clear();
    for (std::size_t w = 0; w < num_windows; ++w) {
      for (std::size_t k = 0; k < size; ++k) {
        pairs.push_back(ref_to(level + w * level_stride + k, false));
      }
    }
    PackedArrayOf<Point> next = make_packed_array<Point>(pairs.size() / 2);
    add_pairs(summer.ops(), pairs.data(), pairs.size() / 2, next.get(), summer.scratch());
    level = next.get();
    level_stride = size / 2;
    levels.push_back(std::move(next));
  }
  summer.sum(refs, segments);
  for (std::size_t w = 0; w < num_windows; ++w) {
    bits[(w + 1) * window_bits - 1] = buckets[(w + 1) * stride - 1];
  }
}

// The bit points of windows [first, first + count).
template <class Point, std::size_t Words>
void sum_windows(const PointOpsOf<Point>& ops, const Point* points, std::span<const SignedInteger<Words>> prepared,
                 const DigitReader<Words>& reader, std::size_t first, std::size_t count, std::span<Point> bits) {
  const std::size_t n = prepared.size();
  const std::size_t stride = static_cast<std::size_t>(reader.max_digit()) + 1;
  const std::size_t num_buckets = count * stride;
  std::vector<std::int32_t> digits(count * n);
  std::vector<std::size_t> starts(num_buckets + 1, 0);
  for (std::size_t w = 0; w < count; ++w) {
    for (std::size_t j = 0; j < n; ++j) {
      const std::int32_t digit = reader.digit(prepared[j], first + w);
      digits[w * n + j] = digit;
      ++starts[w * stride + static_cast<std::size_t>(std::abs(digit))];
    }
    starts[w * stride] = 0;  // digit 0 has no refs
  }
  std::size_t num_refs = 0;
  for (std::size_t& start : starts) {
    num_refs += std::exchange(start, num_refs);
  }
  std::vector<PointRef> refs(num_refs);
  std::vector<std::size_t> next = starts;
  for (std::size_t w = 0; w < count; ++w) {
    for (std::size_t j = 0; j < n; ++j) {
      const std::int32_t digit = digits[w * n + j];
      if (digit != 0) {
        refs[next[w * stride + static_cast<std::size_t>(std::abs(digit))]++] = ref_to(points + j, digit < 0);
      }
    }
  }
  SegmentSummer<Point>& summer = thread_summer(ops);
  const PackedArrayOf<Point> buckets = make_packed_array<Point>(num_buckets);
  sum_buckets<Point>(summer, refs, starts, {buckets.get(), num_buckets});
  fold_buckets<Point>(summer, {buckets.get(), num_buckets}, stride, bits);
}

}  // namespace

std::size_t best_window_bits(std::size_t num_points, std::size_t num_bits) {
  std::size_t best = 2;
  std::size_t best_cost = std::numeric_limits<std::size_t>::max();
  for (std::size_t c = 2; c <= kMaxWindowBits; ++c) {
    const std::size_t num_windows = (num_bits + c - 1) / c;
    // A point costs one addition, a bucket two.
    const std::size_t cost = num_windows * (num_points + (std::size_t{2} << (c - 1)));
    if (cost < best_cost) {
      best_cost = cost;
      best = c;
    }
  }
  return best;
}

template <class Point, std::size_t Words>
typename Point::Group bucket_msm(const PointOpsOf<Point>& ops, const Point* points,
                                 std::span<const SignedInteger<Words>> values) {
  if (values.empty()) {
    return Point::Group::infinity();
  }
  const std::size_t num_bits = num_bits_of(values);
  const DigitReader<Words> reader(num_bits, best_window_bits(values.size(), num_bits));
  std::vector<SignedInteger<Words>> prepared(values.size());
  for (std::size_t j = 0; j < values.size(); ++j) {
    prepared[j] = reader.prepare(values[j]);
  }
  const std::size_t c = reader.window_bits();
  const std::size_t num_windows = reader.num_windows();
  const PackedArrayOf<Point> bits = make_packed_array<Point>(num_windows * c);
  // Short windows are taken several at a time, which makes their batches long enough.
  const std::size_t refs_per_window = values.size() + (std::size_t{1} << (c - 1));
  const std::size_t num_refs = num_windows * refs_per_window;
  const std::size_t num_tasks =
      std::min(num_windows, std::max(num_refs / kRefsPerCall + 1, std::min(num_threads(), num_refs / kMinRefsPerTask)));
  parallel_for(num_tasks, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t task = begin; task < end; ++task) {
      const std::size_t first = num_windows * task / num_tasks;
      const std::size_t count = num_windows * (task + 1) / num_tasks - first;
      sum_windows<Point, Words>(ops, points, prepared, reader, first, count, {bits.get() + first * c, count * c});
    }
  });
  return sum_by_powers_of_two<Point>({bits.get(), num_windows * c});
}

template curve::G1 bucket_msm(const PointOps&, const PackedPoint*, std::span<const SignedInteger<1>>);
template curve::G1 bucket_msm(const PointOps&, const PackedPoint*, std::span<const SignedInteger<4>>);
template curve::G2 bucket_msm(const PointOpsG2&, const PackedPointG2*, std::span<const SignedInteger<4>>);

}  // namespace proofcard::kernels::msm_cpu
