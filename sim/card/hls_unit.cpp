#include "sim/card/hls_unit.hpp"

#include <cstring>
#include <mutex>
#include <optional>

#include "hls/common/abi.hpp"

namespace proofcard::sim {
namespace {

namespace abi = device::abi;

// The kernel's buckets are one static memory, as in one instance of the hardware: units of one process take turns.
std::mutex& kernel_mutex() {
  static std::mutex mutex;
  return mutex;
}

std::uint64_t scalars_bytes(std::uint64_t num_points, std::uint64_t num_msms, std::uint32_t scalar_bits) {
  const std::uint64_t bytes = scalar_bits == 254 ? abi::kFullScalarBytes : scalar_bits / 8;
  return num_msms * ((num_points * bytes + abi::kRowAlignBytes - 1) / abi::kRowAlignBytes * abi::kRowAlignBytes);
}

}  // namespace

std::uint64_t HlsUnit::pointer(std::uint32_t offset) const {
  return scalar(offset) | static_cast<std::uint64_t>(scalar(offset + 4)) << 32;
}

std::uint32_t HlsUnit::read(std::uint32_t offset) {
  if (offset == abi::kRegCtrl) {
    if (running_) {
      return abi::kCtrlStart;
    }
    return abi::kCtrlIdle | (done_ ? abi::kCtrlDone : 0) | (ready_.exchange(false) ? abi::kCtrlReady : 0);
  }
  return offset % 4 == 0 && offset / 4 < registers_.size() ? registers_[offset / 4] : 0;
}

void HlsUnit::write(std::uint32_t offset, std::uint32_t value) {
  if (offset == abi::kRegCtrl) {
    if ((value & abi::kCtrlContinue) != 0) {
      done_ = false;
    }
    if ((value & abi::kCtrlStart) != 0 && !running_) {
      running_ = true;
      thread_ = std::jthread([this] { run(); });
    }
    return;
  }
  // Arguments are taken at the start; a driver does not write them while the unit works.
  if (offset % 4 == 0 && offset / 4 < registers_.size() && !running_) {
    registers_[offset / 4] = value;
  }
}

void HlsUnit::run() {
  const std::uint32_t num_points = scalar(abi::kArgNumPoints);
  const std::uint32_t num_msms = scalar(abi::kArgNumMsms);
  const std::uint32_t bits = scalar(abi::kArgScalarBits);
  const std::uint32_t num_windows = scalar(abi::kArgNumWindows);
  std::optional<abi::KernelError> fault;
  const auto buffer = [&](std::uint32_t argument, std::uint64_t bytes, abi::KernelError error) -> std::uint8_t* {
    const std::uint64_t address = pointer(argument);
    if (address % abi::kPointerAlignBytes != 0) {
      fault = fault.value_or(abi::KernelError::kBadAlignment);
      return nullptr;
    }
    if (bytes == 0) {
      return nullptr;
    }
    const auto span = memory_.span(address, bytes);
    if (span.empty()) {
      fault = fault.value_or(error);
    }
    return span.data();
  };
  const bool empty = num_points == 0 || num_msms == 0;
  const bool known = abi::digit_range_bits(bits) != 0;
  const auto* bases =
      buffer(abi::kArgBases, empty ? 0 : std::uint64_t{num_points} * abi::kBaseBytes, abi::KernelError::kReadFault);
  const auto* scalars =
      buffer(abi::kArgScalars, known ? scalars_bytes(num_points, num_msms, bits) : 0, abi::KernelError::kReadFault);
  auto* results = buffer(abi::kArgResults,
                         known && num_windows <= 255 ? std::uint64_t{num_msms} * num_windows * abi::kResultBytes : 0,
                         abi::KernelError::kWriteFault);
  auto* status = memory_.span(pointer(abi::kArgStatus), abi::kStatusBytes).data();
  if (status != nullptr) {
    ap_uint<512> record;
    {
      const std::lock_guard lock(kernel_mutex());
      // A job with a fault is run empty, which makes its record.
      msm_g1(reinterpret_cast<const ap_uint<512>*>(bases), reinterpret_cast<const ap_uint<512>*>(scalars),
             reinterpret_cast<ap_uint<512>*>(results), &record, num_points, fault ? 0 : num_msms, bits,
             scalar(abi::kArgFirstWindow), num_windows, scalar(abi::kArgFlags), scalar(abi::kArgJobId),
             scalar(abi::kArgBasesStride), scalar(abi::kArgNumMultiples));
    }
    abi::CompletionRecord out;
    std::memcpy(&out, &record, sizeof(out));
    if (fault && out.error == 0) {
      out.error = static_cast<std::uint32_t>(*fault);
    }
    std::memcpy(status, &out, sizeof(out));
  }
  done_ = true;
  ready_ = true;
  running_ = false;
}

}  // namespace proofcard::sim
