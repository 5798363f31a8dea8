// The kernel hadamard_fr on the card's memory.
#include <mutex>

#include "hls/common/abi_hadamard_fr.hpp"
#include "host/device/abi/abi_hadamard_fr.hpp"
#include "sim/card/hls_unit.hpp"

namespace proofcard::sim {

void run_hadamard_fr(const HlsArguments& a, DeviceMemory& memory) {
  namespace abi = device::abi::hadamard_fr;
  using abi::KernelError;
  const std::uint32_t num_elements = a.scalar(abi::kArgNumElements);
  const std::uint32_t first_word = a.scalar(abi::kArgFirstWord);
  const std::uint32_t stride_words = a.scalar(abi::kArgStrideWords);
  // What the kernel refuses, it refuses before it touches memory.
  const bool fits = num_elements <= 1U << abi::kMaxLogElements;
  const std::uint64_t words =
      fits ? (std::uint64_t{num_elements} + abi::kWordElements - 1) >> abi::kLogWordElements : 0;
  const std::uint64_t read_bytes =
      words == 0 ? 0 : (std::uint64_t{first_word} + 2 * std::uint64_t{stride_words} + words) * abi::kBeatBytes;

  HlsBuffers<KernelError> buffers(a, memory);
  const auto* in_0 = buffers.get<const ap_uint<256>>(abi::kArgIn0, read_bytes, KernelError::kReadFault);
  const auto* in_1 = buffers.get<const ap_uint<256>>(abi::kArgIn1, read_bytes, KernelError::kReadFault);
  auto* out = buffers.get<ap_uint<512>>(abi::kArgOut, words * sizeof(ap_uint<512>), KernelError::kWriteFault);
  ap_uint<512> record;
  {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    // A job with a fault is run empty, which makes its record.
    hadamard_fr(in_0, in_1, out, &record, buffers.fault() ? 0 : num_elements, first_word, stride_words,
                a.scalar(abi::kArgFlags), a.scalar(abi::kArgJobId));
  }
  buffers.write_record<abi::CompletionRecord>(abi::kArgStatus, &record);
}

}  // namespace proofcard::sim
