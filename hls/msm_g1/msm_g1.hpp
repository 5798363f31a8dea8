// Sizes of the HLS build of msm_g1, and the parts of the kernel.
//
// Method:  signed digits of 8 bits for scalars of every width, so that flag_narrow_windows changes nothing. 32 contexts of
//          128 buckets share one memory; a context is one window of one row, so that a slice is 32 rows of 8-bit scalars,
//          16 of 16, 8 of 32, or one row of 254 bits. A slice is accumulated, then folded.
// Source:  "park or pair" for the buckets, and the halving fold: docs/card.md.
#pragma once

#include <hls_stream.h>

#include "hls/common/abi.hpp"
#include "hls/common/curve.hpp"

namespace proofcard::hls {

constexpr int kWindowBits = 8;
constexpr int kNumBuckets = 1 << (kWindowBits - 1);  // a context's; bucket 2^(c-1) is at address 0
constexpr int kNumContexts = 32;
constexpr int kBucketWords = kNumBuckets * kNumContexts;
constexpr int kLogMaxPoints = 24;
constexpr int kLogMaxMsms = 20;
constexpr int kChunkItems = 4096;  // read ahead of the buckets; drained at its end
constexpr int kAdderLatency = 128;
constexpr int kPairQueue = 256;

using beat_t = ap_uint<512>;

// A point on its way to a bucket. The last of a chunk is no point.
struct Item {
  Fq x;
  Fq y;
  ap_uint<12> address;
  bool last;
};

// A job's arguments, as numbers.
struct Job {
  unsigned num_points;
  unsigned scalar_bits;
  unsigned scalar_bytes;
  unsigned first_window;
  unsigned num_windows;
};

struct Buckets {
  Point sum[kBucketWords];
  bool occupied[kBucketWords];
};

// Counts of loop iterations: what an II = 1 schedule would take, without memory.
struct Counters {
  std::uint64_t cycles;
  std::uint64_t busy;
  std::uint64_t digits;
  std::uint64_t queue_stalls;
  std::uint64_t drain;
  std::uint64_t fold;
};

// Reads points [first, end) for rows [row, row + num_rows) and writes an item for each nonzero digit.
void read_items(const beat_t* bases, const beat_t* scalars, const Job& job, unsigned row, unsigned num_rows,
                unsigned first, unsigned end, ::hls::stream<Item>& items);

// Adds items to their buckets until the last one, then until the adder is empty.
void park_or_pair(::hls::stream<Item>& items, Buckets& buckets, Counters& counters);

// sums[context] = sum of k * bucket k; empties the buckets.
void fold(Buckets& buckets, unsigned num_contexts, Point sums[kNumContexts], Counters& counters);

}  // namespace proofcard::hls
