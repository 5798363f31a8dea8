#include "hls/msm_g1/msm_g1.hpp"

namespace proofcard::hls {
namespace {

abi::KernelError check(const Job& job, unsigned num_msms, unsigned reserved) {
#pragma HLS inline
  const unsigned range = abi::digit_range_bits(job.scalar_bits);
  if (range == 0U) {
    return abi::KernelError::kBadScalarBits;
  }
  if (reserved != 0U) {
    return abi::KernelError::kReservedArgument;
  }
  const unsigned windows = (range + static_cast<unsigned>(kWindowBits) - 1U) / static_cast<unsigned>(kWindowBits);
  if (job.num_windows == 0U || job.first_window >= windows || job.num_windows > windows - job.first_window) {
    return abi::KernelError::kBadWindow;
  }
  if (job.num_points > (1U << kLogMaxPoints) || num_msms > (1U << kLogMaxMsms)) {
    return abi::KernelError::kBadSize;
  }
  return abi::KernelError::kNone;
}

void place(beat_t& beat, int at, const Fq& v) {
#pragma HLS inline
  for (int i = 0; i < 4; ++i) {
#pragma HLS unroll
    beat.range(at + 64 * i + 63, at + 64 * i) = v.w[i];
  }
}

void accumulate(const beat_t* bases, const beat_t* scalars, const Job& job, unsigned row, unsigned num_rows,
                unsigned first, unsigned end, Buckets& buckets, Counters& counters) {
#pragma HLS dataflow
  ::hls::stream<Item> items;
#pragma HLS stream variable = items depth = 64
  read_items(bases, scalars, job, row, num_rows, first, end, items);
  park_or_pair(items, buckets, counters);
}

void run_slice(const beat_t* bases, const beat_t* scalars, beat_t* results, const Job& job, unsigned row,
               unsigned num_rows, Buckets& buckets, Counters& counters) {
  const unsigned contexts = num_rows * job.num_windows;
  const unsigned chunk = static_cast<unsigned>(kChunkItems) / contexts / 64U * 64U;
  for (unsigned first = 0; first < job.num_points; first += chunk) {
    const unsigned left = job.num_points - first;
    accumulate(bases, scalars, job, row, num_rows, first, first + (left < chunk ? left : chunk), buckets, counters);
  }
  Point sums[kNumContexts];
  fold(buckets, contexts, sums, counters);
  for (unsigned c = 0; c < contexts; ++c) {
    beat_t low = 0U;
    beat_t high = 0U;
    place(low, 0, sums[c].x);
    place(low, 256, sums[c].y);
    place(high, 0, sums[c].z);
    const std::uint64_t at = 2U * (static_cast<std::uint64_t>(row) * job.num_windows + c);
    results[at] = low;
    results[at + 1U] = high;
  }
}

ap_uint<32> saturate(std::uint64_t v) {
#pragma HLS inline
  return static_cast<std::uint32_t>(v > UINT32_MAX ? UINT32_MAX : v);
}

beat_t completion_record(unsigned job_id, abi::KernelError error, const Counters& counters) {
  beat_t record = 0U;
  record.range(63, 0) = word_t(abi::kAbiHash);
  record.range(95, 64) = ap_uint<32>(job_id);
  record.range(127, 96) = ap_uint<32>(static_cast<std::uint32_t>(error));
  record.range(191, 128) = word_t(counters.cycles);
  record.range(255, 192) = word_t(counters.busy);
  record.range(319, 256) = word_t(counters.digits);
  record.range(383, 352) = saturate(counters.queue_stalls);
  record.range(415, 384) = saturate(counters.drain);
  record.range(447, 416) = saturate(counters.fold);
  record.range(479, 448) = ap_uint<32>(static_cast<unsigned>(kWindowBits) * 0x01010101U);
  record.range(511, 480) = ap_uint<32>(abi::kImplementationHls | 1U << 8 | static_cast<unsigned>(kLogMaxPoints) << 16 |
                                       static_cast<unsigned>(kLogMaxMsms) << 24);
  return record;
}

}  // namespace
}  // namespace proofcard::hls

void msm_g1(const ap_uint<512>* bases, const ap_uint<512>* scalars, ap_uint<512>* results, ap_uint<512>* status,
            unsigned num_points, unsigned num_msms, unsigned scalar_bits, unsigned first_window, unsigned num_windows,
            unsigned flags, unsigned job_id, unsigned bases_stride, unsigned num_multiples) {
#pragma HLS interface m_axi port = bases bundle = gmem_bases offset = slave max_read_burst_length = \
    64 num_read_outstanding = 32
#pragma HLS interface m_axi port = scalars bundle = gmem_scalars offset = slave max_read_burst_length = \
    64 num_read_outstanding = 32
#pragma HLS interface m_axi port = results bundle = gmem_results offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = status bundle = gmem_results offset = slave
#pragma HLS interface s_axilite port = num_points
#pragma HLS interface s_axilite port = num_msms
#pragma HLS interface s_axilite port = scalar_bits
#pragma HLS interface s_axilite port = first_window
#pragma HLS interface s_axilite port = num_windows
#pragma HLS interface s_axilite port = flags
#pragma HLS interface s_axilite port = job_id
#pragma HLS interface s_axilite port = bases_stride
#pragma HLS interface s_axilite port = num_multiples
#pragma HLS interface ap_ctrl_chain port = return
#pragma HLS allocation function instances = complete_add limit = 1
  using namespace proofcard::hls;  // NOLINT(google-build-using-namespace): the kernel's own
  static Buckets buckets;          // empty between jobs
#pragma HLS bind_storage variable = buckets.sum type = ram_t2p impl = uram
#pragma HLS bind_storage variable = buckets.occupied type = ram_t2p impl = lutram
  Job job;
  job.num_points = num_points;
  job.scalar_bits = scalar_bits;
  job.scalar_bytes = scalar_bits == 254U ? abi::kFullScalarBytes : scalar_bits / 8U;
  job.first_window = first_window;
  job.num_windows = num_windows;
  Counters counters = {0, 0, 0, 0, 0, 0};
  const abi::KernelError error =
      check(job, num_msms, (flags & ~abi::kFlagNarrowWindows) | bases_stride | num_multiples);
  if (error == abi::KernelError::kNone) {
    const unsigned rows_a_slice = static_cast<unsigned>(kNumContexts) / num_windows;
    for (unsigned row = 0; row < num_msms; row += rows_a_slice) {
      const unsigned left = num_msms - row;
      run_slice(bases, scalars, results, job, row, left < rows_a_slice ? left : rows_a_slice, buckets, counters);
    }
  }
  *status = completion_record(job_id, error, counters);
}
