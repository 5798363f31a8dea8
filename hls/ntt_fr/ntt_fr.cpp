// The kernel ntt_fr: two lanes, one a memory channel.
#include "hls/common/abi_ntt_fr.hpp"
#include "hls/common/fr_ntt.hpp"
#include "hls/common/ntt.hpp"

namespace proofcard::hls {
namespace {

// One element a beat.
struct Field {
  using Element = NttFr;
  static constexpr unsigned kPerBeat = 1;
  static Element unpack(const ntt_beat_t& beat, unsigned /*i*/) {
#pragma HLS inline
    Element r;
    for (int k = 0; k < 4; ++k) {
#pragma HLS unroll
      r.v.w[k] = beat.range(64 * k + 63, 64 * k);
    }
    return r;
  }
  static void pack(ntt_beat_t& beat, unsigned /*i*/, const Element& element) {
#pragma HLS inline
    for (int k = 0; k < 4; ++k) {
#pragma HLS unroll
      beat.range(64 * k + 63, 64 * k) = element.v.w[k];
    }
  }
};

using Kernel = Ntt<Field, abi::ntt_fr::kLogWordElements>;
static_assert(Kernel::kChannels == abi::ntt_fr::kNumChannels && kMaxLogN == abi::ntt_fr::kMaxLogN);

abi::ntt_fr::KernelError check(unsigned log_n, unsigned batch, unsigned flags) {
#pragma HLS inline
  using abi::ntt_fr::KernelError;
  if (log_n > kMaxLogN || batch > abi::ntt_fr::kMaxBatch || static_cast<std::uint64_t>(batch) << log_n > UINT32_MAX) {
    return KernelError::kBadSize;
  }
  if ((flags & ~(abi::ntt_fr::kFlagInverse | abi::ntt_fr::kFlagBitReversed | abi::ntt_fr::kFlagCoefficientsReversed)) !=
      0U) {
    return KernelError::kReservedArgument;
  }
  return KernelError::kNone;
}

}  // namespace
}  // namespace proofcard::hls

void ntt_fr(const ap_uint<256>* in_0, const ap_uint<256>* in_1, ap_uint<256>* out_0, ap_uint<256>* out_1,
            ap_uint<256>* scratch_0, ap_uint<256>* scratch_1, const ap_uint<256>* twiddles, ap_uint<256>* status,
            unsigned log_n, unsigned batch, unsigned flags, unsigned job_id) {
// clang-format off
#pragma HLS interface m_axi port = in_0 bundle = gmem_in_0 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = in_1 bundle = gmem_in_1 offset = slave max_read_burst_length = 64 num_read_outstanding = 32
#pragma HLS interface m_axi port = out_0 bundle = gmem_out_0 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_0 bundle = gmem_out_0 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = out_1 bundle = gmem_out_1 offset = slave max_write_burst_length = 64
#pragma HLS interface m_axi port = scratch_1 bundle = gmem_out_1 offset = slave max_write_burst_length = 64
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
  const Kernel::Memory memory = {{in_0, in_1}, {out_0, out_1}, {scratch_0, scratch_1}, twiddles};
  Kernel::Counters counters = {0, 0, 0, 0};
  const abi::ntt_fr::KernelError error = check(log_n, batch, flags);
  if (error == abi::ntt_fr::KernelError::kNone && batch != 0U) {
    const bool inverse = (flags & abi::ntt_fr::kFlagInverse) != 0U;
    const bool bit_reversed = (flags & abi::ntt_fr::kFlagBitReversed) != 0U;
    const bool coefficients_reversed = (flags & abi::ntt_fr::kFlagCoefficientsReversed) != 0U;
    Kernel::run(memory, state, Kernel::plan(log_n, batch, inverse, bit_reversed, coefficients_reversed), batch,
                counters);
  }
  Kernel::write_record(status, abi::ntt_fr::kAbiHash, job_id, error, abi::ntt_fr::kImplementationHls, counters);
}
