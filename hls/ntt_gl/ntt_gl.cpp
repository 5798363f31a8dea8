// The kernel ntt_gl: 64 lanes, four a memory channel.
#include "hls/common/abi_ntt_gl.hpp"
#include "hls/common/goldilocks.hpp"
#include "hls/common/ntt.hpp"

namespace proofcard::hls {
namespace {

// Four elements a beat.
struct Field {
  using Element = Goldilocks;
  static constexpr unsigned kPerBeat = 4;
  static Element unpack(const ntt_beat_t& beat, unsigned i) {
#pragma HLS inline
    const int at = 64 * static_cast<int>(i);
    Element r;
    r.v = beat.range(at + 63, at);
    return r;
  }
  static void pack(ntt_beat_t& beat, unsigned i, const Element& element) {
#pragma HLS inline
    const int at = 64 * static_cast<int>(i);
    beat.range(at + 63, at) = element.v;
  }
};

using Kernel = Ntt<Field, abi::ntt_gl::kLogWordElements>;
static_assert(Kernel::kChannels == abi::ntt_gl::kNumChannels && kMaxLogN == abi::ntt_gl::kMaxLogN);

abi::ntt_gl::KernelError check(unsigned log_n, unsigned batch, unsigned flags) {
#pragma HLS inline
  using abi::ntt_gl::KernelError;
  if (log_n > kMaxLogN || batch > abi::ntt_gl::kMaxBatch || static_cast<std::uint64_t>(batch) << log_n > UINT32_MAX) {
    return KernelError::kBadSize;
  }
  if ((flags & ~(abi::ntt_gl::kFlagInverse | abi::ntt_gl::kFlagBitReversed | abi::ntt_gl::kFlagCoefficientsReversed)) !=
      0U) {
    return KernelError::kReservedArgument;
  }
  return KernelError::kNone;
}

}  // namespace
}  // namespace proofcard::hls

void ntt_gl(const ap_uint<256>* in_0, const ap_uint<256>* in_1, const ap_uint<256>* in_2, const ap_uint<256>* in_3,
            const ap_uint<256>* in_4, const ap_uint<256>* in_5, const ap_uint<256>* in_6, const ap_uint<256>* in_7,
            const ap_uint<256>* in_8, const ap_uint<256>* in_9, const ap_uint<256>* in_10, const ap_uint<256>* in_11,
            const ap_uint<256>* in_12, const ap_uint<256>* in_13, const ap_uint<256>* in_14, const ap_uint<256>* in_15,
            ap_uint<256>* out_0, ap_uint<256>* out_1, ap_uint<256>* out_2, ap_uint<256>* out_3, ap_uint<256>* out_4,
            ap_uint<256>* out_5, ap_uint<256>* out_6, ap_uint<256>* out_7, ap_uint<256>* out_8, ap_uint<256>* out_9,
            ap_uint<256>* out_10, ap_uint<256>* out_11, ap_uint<256>* out_12, ap_uint<256>* out_13,
            ap_uint<256>* out_14, ap_uint<256>* out_15, ap_uint<256>* scratch_0, ap_uint<256>* scratch_1,
            ap_uint<256>* scratch_2, ap_uint<256>* scratch_3, ap_uint<256>* scratch_4, ap_uint<256>* scratch_5,
            ap_uint<256>* scratch_6, ap_uint<256>* scratch_7, ap_uint<256>* scratch_8, ap_uint<256>* scratch_9,
            ap_uint<256>* scratch_10, ap_uint<256>* scratch_11, ap_uint<256>* scratch_12, ap_uint<256>* scratch_13,
            ap_uint<256>* scratch_14, ap_uint<256>* scratch_15, const ap_uint<256>* twiddles, ap_uint<256>* status,
            unsigned log_n, unsigned batch, unsigned flags, unsigned job_id) {
// clang-format off
#pragma HLS interface m_axi port = in_0 bundle = gmem_in_0 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_1 bundle = gmem_in_1 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_2 bundle = gmem_in_2 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_3 bundle = gmem_in_3 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_4 bundle = gmem_in_4 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_5 bundle = gmem_in_5 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_6 bundle = gmem_in_6 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_7 bundle = gmem_in_7 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_8 bundle = gmem_in_8 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_9 bundle = gmem_in_9 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_10 bundle = gmem_in_10 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_11 bundle = gmem_in_11 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_12 bundle = gmem_in_12 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_13 bundle = gmem_in_13 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_14 bundle = gmem_in_14 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_15 bundle = gmem_in_15 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = out_0 bundle = gmem_out_0 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_0 bundle = gmem_out_0 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_1 bundle = gmem_out_1 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_1 bundle = gmem_out_1 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_2 bundle = gmem_out_2 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_2 bundle = gmem_out_2 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_3 bundle = gmem_out_3 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_3 bundle = gmem_out_3 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_4 bundle = gmem_out_4 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_4 bundle = gmem_out_4 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_5 bundle = gmem_out_5 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_5 bundle = gmem_out_5 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_6 bundle = gmem_out_6 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_6 bundle = gmem_out_6 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_7 bundle = gmem_out_7 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_7 bundle = gmem_out_7 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_8 bundle = gmem_out_8 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_8 bundle = gmem_out_8 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_9 bundle = gmem_out_9 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_9 bundle = gmem_out_9 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_10 bundle = gmem_out_10 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_10 bundle = gmem_out_10 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_11 bundle = gmem_out_11 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_11 bundle = gmem_out_11 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_12 bundle = gmem_out_12 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_12 bundle = gmem_out_12 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_13 bundle = gmem_out_13 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_13 bundle = gmem_out_13 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_14 bundle = gmem_out_14 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_14 bundle = gmem_out_14 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_15 bundle = gmem_out_15 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_15 bundle = gmem_out_15 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = twiddles bundle = gmem_out_0 offset = slave max_read_burst_length = 64
#pragma HLS interface m_axi port = status bundle = gmem_out_0 offset = slave
#pragma HLS interface s_axilite port = log_n
#pragma HLS interface s_axilite port = batch
#pragma HLS interface s_axilite port = flags
#pragma HLS interface s_axilite port = job_id
#pragma HLS interface ap_ctrl_chain port = return
  // clang-format on
  using namespace proofcard::hls;  // NOLINT(google-build-using-namespace): the kernel's own
  static Kernel::State state;
#pragma HLS bind_storage variable = state.tile type = ram_t2p impl = uram
#pragma HLS array_partition variable = state.block dim = 2 complete
#pragma HLS bind_storage variable = state.table type = ram_1p impl = uram
  const Kernel::Memory memory = {
      {in_0, in_1, in_2, in_3, in_4, in_5, in_6, in_7, in_8, in_9, in_10, in_11, in_12, in_13, in_14, in_15},
      {out_0, out_1, out_2, out_3, out_4, out_5, out_6, out_7, out_8, out_9, out_10, out_11, out_12, out_13, out_14,
       out_15},
      {scratch_0, scratch_1, scratch_2, scratch_3, scratch_4, scratch_5, scratch_6, scratch_7, scratch_8, scratch_9,
       scratch_10, scratch_11, scratch_12, scratch_13, scratch_14, scratch_15},
      twiddles};
  Kernel::Counters counters = {0, 0, 0, 0};
  const abi::ntt_gl::KernelError error = check(log_n, batch, flags);
  if (error == abi::ntt_gl::KernelError::kNone && batch != 0U) {
    const bool inverse = (flags & abi::ntt_gl::kFlagInverse) != 0U;
    const bool bit_reversed = (flags & abi::ntt_gl::kFlagBitReversed) != 0U;
    const bool coefficients_reversed = (flags & abi::ntt_gl::kFlagCoefficientsReversed) != 0U;
    Kernel::run(memory, state, Kernel::plan(log_n, batch, inverse, bit_reversed, coefficients_reversed), batch,
                counters);
  }
  Kernel::write_record(status, abi::ntt_gl::kAbiHash, job_id, error, abi::ntt_gl::kImplementationHls, counters);
}
