#include "hls/msm_g1/msm_g1.hpp"

namespace proofcard::hls {
namespace {

constexpr int kLevels = kWindowBits - 1;

unsigned address(unsigned context, unsigned bucket) {
#pragma HLS inline
  return context * static_cast<unsigned>(kNumBuckets) + bucket % static_cast<unsigned>(kNumBuckets);
}

}  // namespace

// For buckets 1..n: sum k B_k = 2 sum_k k (B_2k + B_2k+1) + sum of the odd ones; B_n+1 is absent. All contexts take
// each level together, and inside a loop no iteration needs another's result.
void fold(Buckets& buckets, unsigned num_contexts, Point sums[kNumContexts], Counters& counters) {
#pragma HLS inline off
  Point odd[kNumContexts * kNumBuckets / 4];
  Point odd_sum[kLevels * kNumContexts];
  for (unsigned i = 0; i < static_cast<unsigned>(kBucketWords); ++i) {
#pragma HLS pipeline II = 1
    if (!buckets.occupied[i]) {
      buckets.sum[i] = infinity();
    }
    buckets.occupied[i] = false;
  }

  unsigned half = static_cast<unsigned>(kNumBuckets) / 2U;  // n / 2
  for (unsigned level = 0; level < static_cast<unsigned>(kLevels); ++level) {
    // The odd buckets 1, 3, ..., n - 1, by a tree.
    if (half == 1U) {
      for (unsigned c = 0; c < num_contexts; ++c) {
#pragma HLS pipeline II = 1
        odd_sum[level * static_cast<unsigned>(kNumContexts) + c] = buckets.sum[address(c, 1U)];
      }
    } else {
      for (unsigned k = 0; k < half / 2U; ++k) {
        for (unsigned c = 0; c < num_contexts; ++c) {
#pragma HLS pipeline II = 1
          odd[k * static_cast<unsigned>(kNumContexts) + c] =
              complete_add(buckets.sum[address(c, 4U * k + 1U)], buckets.sum[address(c, 4U * k + 3U)]);
          ++counters.busy;
        }
      }
      for (unsigned n = half / 4U; n != 0U; n /= 2U) {
        for (unsigned k = 0; k < n; ++k) {
          for (unsigned c = 0; c < num_contexts; ++c) {
#pragma HLS pipeline II = 1
#pragma HLS dependence variable = odd inter false
            odd[k * static_cast<unsigned>(kNumContexts) + c] =
                complete_add(odd[k * static_cast<unsigned>(kNumContexts) + c],
                             odd[(k + n) * static_cast<unsigned>(kNumContexts) + c]);
            ++counters.busy;
          }
        }
      }
      for (unsigned c = 0; c < num_contexts; ++c) {
#pragma HLS pipeline II = 1
        odd_sum[level * static_cast<unsigned>(kNumContexts) + c] = odd[c];
      }
    }
    // Pairs in place: bucket k is read, as 2k' or 2k' + 1, before it is written.
    for (unsigned k = 1; k <= half; ++k) {
      for (unsigned c = 0; c < num_contexts; ++c) {
#pragma HLS pipeline II = 1
#pragma HLS dependence variable = buckets inter false
        const Point even = buckets.sum[address(c, 2U * k)];
        if (k == half) {
          buckets.sum[address(c, k)] = even;
        } else {
          buckets.sum[address(c, k)] = complete_add(even, buckets.sum[address(c, 2U * k + 1U)]);
          ++counters.busy;
        }
      }
    }
    half /= 2U;
  }

  for (unsigned c = 0; c < num_contexts; ++c) {
#pragma HLS pipeline II = 1
    sums[c] = buckets.sum[address(c, 1U)];
  }
  for (unsigned level = static_cast<unsigned>(kLevels); level-- > 0U;) {
    for (unsigned c = 0; c < num_contexts; ++c) {
#pragma HLS pipeline II = 1
      sums[c] = complete_add(sums[c], sums[c]);
      ++counters.busy;
    }
    for (unsigned c = 0; c < num_contexts; ++c) {
#pragma HLS pipeline II = 1
      sums[c] = complete_add(sums[c], odd_sum[level * static_cast<unsigned>(kNumContexts) + c]);
      ++counters.busy;
    }
  }
  const std::uint64_t iterations = static_cast<std::uint64_t>(num_contexts) * ((2U << (kWindowBits - 1)) - 2U);
  counters.cycles += iterations;
  counters.fold += iterations;
}

}  // namespace proofcard::hls
