// The kernels ntt_fr and ntt_gl on the card's memory.
#include <mutex>
#include <utility>

#include "hls/common/abi_ntt_fr.hpp"
#include "hls/common/abi_ntt_gl.hpp"
#include "hls/common/ntt.hpp"
#include "host/device/ntt/ntt_format.hpp"
#include "sim/card/hls_unit.hpp"

namespace proofcard::sim {
namespace {

namespace abi = device::abi;
using Beat = ap_uint<256>;

// The offsets and the function of a kernel; both kernels have the same errors, by code and name.
struct NttFrKernel {
  using Field = Fr;
  using KernelError = abi::ntt_fr::KernelError;
  static constexpr std::uint32_t kStatus = abi::ntt_fr::kArgStatus;
  static constexpr auto kRun = [](auto... arguments) { ntt_fr(arguments...); };
};
struct NttGlKernel {
  using Field = Goldilocks;
  using KernelError = abi::ntt_gl::KernelError;
  static constexpr std::uint32_t kStatus = abi::ntt_gl::kArgStatus;
  static constexpr auto kRun = [](auto... arguments) { ntt_gl(arguments...); };
};

template <class Kernel, std::size_t... K>
void run(const HlsArguments& a, DeviceMemory& memory, std::index_sequence<K...>) {
  using Abi = device::NttAbi<typename Kernel::Field>;
  using KernelError = typename Kernel::KernelError;
  const auto offset = [](std::size_t id) { return Abi::kKernel.arguments[id].offset; };
  const std::uint32_t log_n = a.scalar(offset(Abi::kIdLogN));
  const std::uint32_t batch = a.scalar(offset(Abi::kIdBatch));
  // What the kernel refuses, it refuses before it touches memory.
  const bool fits = log_n <= hls::kMaxLogN && static_cast<std::uint64_t>(batch) << log_n <= UINT32_MAX;
  const std::size_t bytes =
      fits ? device::ntt_channel_bytes<typename Kernel::Field>(static_cast<std::size_t>(batch) << log_n) : 0;
  const bool two_pass = log_n >= hls::kTwoPassFrom;
  constexpr device::NttPlan kPlan{Abi::kLogWordElements, hls::kTwoPassFrom, hls::kMaxLogN};
  const std::size_t twiddle_bytes =
      bytes == 0 ? 0 : device::ntt_num_twiddles<typename Kernel::Field>(kPlan, log_n) * sizeof(typename Kernel::Field);

  HlsBuffers<KernelError> buffers(a, memory);
  const auto* twiddles =
      buffers.template get<const Beat>(offset(Abi::kIdTwiddles), twiddle_bytes, KernelError::kReadFault);
  const std::array<const Beat*, sizeof...(K)> in{
      buffers.template get<const Beat>(offset(Abi::kIdIn + K), bytes, KernelError::kReadFault)...};
  const std::array<Beat*, sizeof...(K)> out{
      buffers.template get<Beat>(offset(Abi::kIdOut + K), bytes, KernelError::kWriteFault)...};
  const std::array<Beat*, sizeof...(K)> scratch{
      buffers.template get<Beat>(offset(Abi::kIdScratch + K), two_pass ? bytes : 0, KernelError::kWriteFault)...};
  std::array<Beat, 2> record;
  {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    // A job with a fault is run empty, which makes its record.
    Kernel::kRun(in[K]..., out[K]..., scratch[K]..., twiddles, record.data(), log_n, buffers.fault() ? 0 : batch,
                 a.scalar(offset(Abi::kIdFlags)), a.scalar(offset(Abi::kIdJobId)));
  }
  buffers.template write_record<typename Abi::CompletionRecord>(Kernel::kStatus, record.data());
}

}  // namespace

void run_ntt_fr(const HlsArguments& arguments, DeviceMemory& memory) {
  run<NttFrKernel>(arguments, memory, std::make_index_sequence<abi::ntt_fr::kNumChannels>());
}

void run_ntt_gl(const HlsArguments& arguments, DeviceMemory& memory) {
  run<NttGlKernel>(arguments, memory, std::make_index_sequence<abi::ntt_gl::kNumChannels>());
}

}  // namespace proofcard::sim
