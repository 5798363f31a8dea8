// The kernel msm_g1 on the card's memory.
#include <mutex>

#include "hls/common/abi.hpp"
#include "sim/card/hls_unit.hpp"

namespace proofcard::sim {
namespace {

namespace abi = device::abi;

std::uint64_t scalars_bytes(std::uint64_t num_points, std::uint64_t num_msms, std::uint32_t scalar_bits) {
  const std::uint64_t bytes = scalar_bits == 254 ? abi::kFullScalarBytes : scalar_bits / 8;
  return num_msms * ((num_points * bytes + abi::kRowAlignBytes - 1) / abi::kRowAlignBytes * abi::kRowAlignBytes);
}

}  // namespace

void run_msm_g1(const HlsArguments& a, DeviceMemory& memory) {
  using Beat = ap_uint<512>;
  const std::uint32_t num_points = a.scalar(abi::kArgNumPoints);
  const std::uint32_t num_msms = a.scalar(abi::kArgNumMsms);
  const std::uint32_t bits = a.scalar(abi::kArgScalarBits);
  const std::uint32_t num_windows = a.scalar(abi::kArgNumWindows);
  const bool empty = num_points == 0 || num_msms == 0;
  const bool known = abi::digit_range_bits(bits) != 0;
  HlsBuffers<abi::KernelError> buffers(a, memory);
  const auto* bases = buffers.get<const Beat>(abi::kArgBases, empty ? 0 : std::uint64_t{num_points} * abi::kBaseBytes,
                                              abi::KernelError::kReadFault);
  const auto* scalars = buffers.get<const Beat>(abi::kArgScalars, known ? scalars_bytes(num_points, num_msms, bits) : 0,
                                                abi::KernelError::kReadFault);
  auto* results = buffers.get<Beat>(
      abi::kArgResults, known && num_windows <= 255 ? std::uint64_t{num_msms} * num_windows * abi::kResultBytes : 0,
      abi::KernelError::kWriteFault);
  Beat record;
  {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    // A job with a fault is run empty, which makes its record.
    msm_g1(bases, scalars, results, &record, num_points, buffers.fault() ? 0 : num_msms, bits,
           a.scalar(abi::kArgFirstWindow), num_windows, a.scalar(abi::kArgFlags), a.scalar(abi::kArgJobId),
           a.scalar(abi::kArgBasesStride), a.scalar(abi::kArgNumMultiples));
  }
  buffers.write_record<abi::CompletionRecord>(abi::kArgStatus, &record);
}

}  // namespace proofcard::sim
