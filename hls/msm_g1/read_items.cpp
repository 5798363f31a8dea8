#include "hls/msm_g1/msm_g1.hpp"

namespace proofcard::hls {
namespace {

Fq load(const beat_t& beat, int offset) {
#pragma HLS inline
  Fq r;
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    r.w[i] = beat.range(offset + 64 * i + 63, offset + 64 * i);
  }
  return r;
}

}  // namespace

void read_items(const beat_t* bases, const beat_t* scalars, const Job& job, unsigned row, unsigned num_rows,
                unsigned first, unsigned end, ::hls::stream<Item>& items) {
#pragma HLS inline off
  const unsigned per_beat = 64U / job.scalar_bytes;
  const std::uint64_t row_beats = (job.num_points + per_beat - 1U) / per_beat;
  const bool is_signed = job.scalar_bits != 254U;
  for (unsigned r = 0; r < num_rows; ++r) {
    beat_t scalar_beat;
    for (unsigned j = first; j < end; ++j) {
      const beat_t base = bases[j];
      if (j % per_beat == 0U || j == first) {
        scalar_beat = scalars[(row + r) * row_beats + j / per_beat];
      }
      const int at = static_cast<int>((j % per_beat) * job.scalar_bytes * 8U);
      const Fq x = load(base, 0);
      const Fq y = load(base, 256);
      const Fq minus_y = sub(field_zero(), y);
      const bool is_infinity = is_zero(x) && is_zero(y);
      unsigned carry = 0;
      for (unsigned w = 0; w < job.scalar_bytes; ++w) {
#pragma HLS pipeline II = 1
        const int bit = at + 8 * static_cast<int>(w);
        const unsigned value = static_cast<unsigned>(scalar_beat.range(bit + 7, bit).to_uint64()) + carry;
        // The top byte of a negative number weighs -256 more; elsewhere the digit wraps into [-127, 128].
        const bool top = is_signed && w + 1U == job.scalar_bytes;
        const bool negative = top ? scalar_beat[bit + 7] : value > 128U;
        const unsigned magnitude = negative ? 256U - value : value;
        carry = negative ? 1U : 0U;
        const bool wanted = w >= job.first_window && w < job.first_window + job.num_windows;
        if (wanted && magnitude != 0U && !is_infinity) {
          Item item;
          item.x = x;
          item.y = negative ? minus_y : y;
          item.address = (r * job.num_windows + w - job.first_window) * static_cast<unsigned>(kNumBuckets) +
                         magnitude % static_cast<unsigned>(kNumBuckets);
          item.last = false;
          items.write(item);
        }
      }
    }
  }
  Item end_mark;
  end_mark.x = field_zero();
  end_mark.y = field_zero();
  end_mark.address = 0U;
  end_mark.last = true;
  items.write(end_mark);
}

}  // namespace proofcard::hls
