#include "host/kernels/cpu/msm_buckets.hpp"

#include <algorithm>
#include <limits>

#include "host/base/parallel.hpp"
#include "host/kernels/cpu/msm_bases.hpp"

namespace proofcard::kernels::msm_cpu {
namespace {

constexpr std::size_t kMaxWindowBits = 16;

bool is_infinity(const PackedPoint& p) { return (p.words[0] | p.words[1] | p.words[2] | p.words[3]) == 0; }

// Sums of the refs of every bucket. starts[k] .. starts[k + 1] are the refs of bucket k. A call gets a run of refs, cut
// at any place; a bucket that was cut is put together from its parts at the end.
void sum_buckets(SegmentSummer& summer, std::span<PointRef> refs, std::span<const std::size_t> starts,
                 std::span<PackedPoint> buckets) {
  struct Part {
    std::size_t bucket;
    PackedPoint sum;
  };
  std::vector<Part> parts;
  parts.reserve(2 *
                (refs.size() / kRefsPerCall + 1));  // the first and the last bucket of every call; never reallocated
  std::vector<Segment> segments;
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
    buckets[bucket] = PackedPoint{};
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

// bits[l] = sum of the buckets whose index has bit l set. Pre: buckets.size() == 2^(bits.size() - 1) + 1.
void fold_buckets(SegmentSummer& summer, std::span<const PackedPoint> buckets, std::span<PackedPoint> bits) {
  const std::size_t top = buckets.size() - 1;
  bits.back() = buckets[top];
  std::vector<PackedArray> levels;
  std::vector<PointRef> refs;
  std::vector<Segment> segments;
  std::vector<PointRef> pairs;
  const PackedPoint* level = buckets.data();
  std::size_t l = 0;
  for (std::size_t size = top; size >= 2; size /= 2, ++l) {
    const std::size_t begin = refs.size();
    for (std::size_t k = 1; k < size; k += 2) {
      if (!is_infinity(level[k])) {
        refs.push_back(ref_to(level + k, false));
      }
    }
    segments.push_back({begin, refs.size() - begin, &bits[l]});
    if (size == 2) {
      break;
    }
    pairs.clear();
    for (std::size_t k = 2; k < size; ++k) {  // the sum of the first two has weight zero from here on
      pairs.push_back(ref_to(level + k, false));
    }
    PackedArray next = make_packed_array(size / 2);
    add_pairs(summer.ops(), pairs.data(), size / 2 - 1, next.get() + 1, summer.scratch());
    level = next.get();
    levels.push_back(std::move(next));
  }
  summer.sum(refs, segments);
}

template <std::size_t Words>
void sum_window(const PointOps& ops, const PackedPoint* points, std::span<const SignedInteger<Words>> prepared,
                const DigitReader<Words>& reader, std::size_t window, std::span<PackedPoint> bits) {
  const std::size_t num_buckets = static_cast<std::size_t>(reader.max_digit()) + 1;
  std::vector<std::int32_t> digits(prepared.size());
  std::vector<std::size_t> starts(num_buckets + 1, 0);
  for (std::size_t j = 0; j < prepared.size(); ++j) {
    digits[j] = reader.digit(prepared[j], window);
    ++starts[static_cast<std::size_t>(std::abs(digits[j]))];
  }
  starts[0] = 0;  // digit 0 has no refs
  std::size_t sum = 0;
  for (std::size_t& start : starts) {
    sum += std::exchange(start, sum);
  }
  std::vector<PointRef> refs(sum);
  std::vector<std::size_t> next = starts;
  for (std::size_t j = 0; j < prepared.size(); ++j) {
    if (digits[j] != 0) {
      refs[next[static_cast<std::size_t>(std::abs(digits[j]))]++] = ref_to(points + j, digits[j] < 0);
    }
  }
  SegmentSummer& summer = thread_summer(ops);
  const PackedArray buckets = make_packed_array(num_buckets);
  const std::span<PackedPoint> bucket_span(buckets.get(), num_buckets);
  sum_buckets(summer, refs, starts, bucket_span);
  fold_buckets(summer, bucket_span, bits);
}

}  // namespace

SegmentSummer& thread_summer(const PointOps& ops) {
  thread_local std::unique_ptr<SegmentSummer> summer;
  if (summer == nullptr || &summer->ops() != &ops) {
    summer = std::make_unique<SegmentSummer>(ops);
  }
  return *summer;
}

std::size_t best_window_bits(std::size_t num_points, std::size_t num_bits) {
  std::size_t best = 2;
  std::size_t best_cost = std::numeric_limits<std::size_t>::max();
  for (std::size_t c = 2; c <= kMaxWindowBits; ++c) {
    const std::size_t num_windows = (num_bits + c - 1) / c;
    // A point and a bucket cost an addition and two; a batch has a fixed cost beside.
    const std::size_t cost = num_windows * (num_points + (std::size_t{2} << (c - 1)) + 100 * c);
    if (cost < best_cost) {
      best_cost = cost;
      best = c;
    }
  }
  return best;
}

curve::G1 sum_by_powers_of_two(std::span<const PackedPoint> points) {
  std::vector<curve::G1Affine> affine(points.size());
  unpack_points(points.data(), affine);
  curve::G1 sum;
  for (std::size_t i = affine.size(); i-- > 0;) {
    sum = sum.twice();
    sum += affine[i];
  }
  return sum;
}

template <std::size_t Words>
curve::G1 bucket_msm(const PointOps& ops, const PackedPoint* points, std::span<const SignedInteger<Words>> values) {
  const std::size_t num_bits = num_bits_of(values);
  const DigitReader<Words> reader(num_bits, best_window_bits(values.size(), num_bits));
  std::vector<SignedInteger<Words>> prepared(values.size());
  for (std::size_t j = 0; j < values.size(); ++j) {
    prepared[j] = reader.prepare(values[j]);
  }
  const std::size_t c = reader.window_bits();
  const PackedArray bits = make_packed_array(reader.num_windows() * c);
  parallel_for(reader.num_windows(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t w = begin; w < end; ++w) {
      sum_window<Words>(ops, points, prepared, reader, w, {bits.get() + w * c, c});
    }
  });
  return sum_by_powers_of_two({bits.get(), reader.num_windows() * c});
}

template curve::G1 bucket_msm(const PointOps&, const PackedPoint*, std::span<const SignedInteger<1>>);
template curve::G1 bucket_msm(const PointOps&, const PackedPoint*, std::span<const SignedInteger<4>>);

}  // namespace proofcard::kernels::msm_cpu
