#include "hls/msm_g1/msm_g1.hpp"

namespace proofcard::hls {
namespace {

// Two points to be added and the bucket that the sum belongs to.
struct Pair {
  Point a;
  Point b;
  ap_uint<12> address;
  bool valid;
};

struct Sum {
  Point point;
  ap_uint<12> address;
  bool valid;
};

// Parks the arrival in an empty bucket; takes out what is parked in an occupied one.
Pair arrive(Buckets& buckets, const Point& point, ap_uint<12> address, bool valid) {
#pragma HLS inline
  Pair pair;
  pair.valid = false;
  if (valid) {
    const unsigned at = static_cast<unsigned>(address.to_uint64());
    if (buckets.occupied[at]) {
      pair.a = buckets.sum[at];
      pair.b = point;
      pair.address = address;
      pair.valid = true;
    } else {
      buckets.sum[at] = point;
    }
    buckets.occupied[at] = !buckets.occupied[at];
  }
  return pair;
}

}  // namespace

// Nothing waits for a busy bucket: a sum that leaves the adder is one more arrival. Each iteration takes one sum out of
// the ring, at most one new item, and puts at most one pair into the adder; pairs of sums go first, so a sum is never
// held back.
void park_or_pair(::hls::stream<Item>& items, Buckets& buckets, Counters& counters) {
#pragma HLS inline off
  Sum ring[kAdderLatency];
  Pair queue[kPairQueue];
  for (int i = 0; i < kAdderLatency; ++i) {
#pragma HLS pipeline II = 1
    ring[i].valid = false;
  }
  unsigned head = 0;
  unsigned level = 0;
  unsigned in_adder = 0;
  unsigned slot = 0;
  bool input_open = true;
  while (input_open || level != 0U || in_adder != 0U) {
#pragma HLS pipeline II = 1
#pragma HLS dependence variable = ring inter RAW true distance = 128
    const Sum sum = ring[slot];
    ring[slot].valid = false;
    in_adder -= sum.valid ? 1U : 0U;

    Item item;
    item.last = true;
    const bool room = level < static_cast<unsigned>(kPairQueue);
    if (input_open && room) {
      item = items.read();
      input_open = !item.last;
      counters.digits += item.last ? 0U : 1U;
    }
    counters.queue_stalls += input_open && !room ? 1U : 0U;
    counters.drain += input_open ? 0U : 1U;
    Point fresh;
    fresh.x = item.x;
    fresh.y = item.y;
    fresh.z = field_one();

    Pair from_sum;
    Pair from_item;
    from_item.valid = false;
    if (sum.valid && !item.last && sum.address == item.address) {
      from_sum.a = sum.point;
      from_sum.b = fresh;
      from_sum.address = sum.address;
      from_sum.valid = true;
    } else {
      from_sum = arrive(buckets, sum.point, sum.address, sum.valid);
      from_item = arrive(buckets, fresh, item.address, !item.last);
    }

    if (from_item.valid) {
      queue[(head + level) % static_cast<unsigned>(kPairQueue)] = from_item;
      ++level;
    }
    Pair issue = from_sum;
    if (!from_sum.valid && level != 0U) {
      issue = queue[head];
      head = (head + 1U) % static_cast<unsigned>(kPairQueue);
      --level;
    }
    if (issue.valid) {
      ring[slot].point = complete_add(issue.a, issue.b);
      ring[slot].address = issue.address;
      ring[slot].valid = true;
      ++in_adder;
      ++counters.busy;
    }
    ++counters.cycles;
    slot = slot + 1U == static_cast<unsigned>(kAdderLatency) ? 0U : slot + 1U;
  }
}

}  // namespace proofcard::hls
