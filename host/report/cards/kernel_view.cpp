#include "host/report/cards/kernel_view.hpp"

#include <array>

#include "host/device/abi/abi.hpp"
#include "host/device/abi/abi_ntt_fr.hpp"
#include "host/device/abi/abi_ntt_gl.hpp"

namespace proofcard::tools {
namespace {

namespace abi = device::abi;

constexpr std::array<CycleCause, 4> kMsmCauses{{{"stall_memory_cycles", "stalled: memory"},
                                                {"stall_queue_cycles", "stalled: pair queue full"},
                                                {"drain_cycles", "draining the adder"},
                                                {"fold_cycles", "folding buckets"}}};
constexpr std::array<CycleCause, 2> kNttCauses{
    {{"stall_load_cycles", "stalled: loads"}, {"stall_store_cycles", "stalled: stores"}}};

// A lane starts a butterfly a cycle, and takes one element of a word.
constexpr std::array<KernelView, 3> kViews{
    {{abi::kKernelName, "adder", "additions", 1, 0, kMsmCauses},
     {abi::ntt_fr::kKernelName, "butterflies", "butterflies", abi::ntt_fr::kWordElements,
      abi::ntt_fr::kWordElements* abi::ntt_fr::kElementBytes, kNttCauses},
     {abi::ntt_gl::kKernelName, "butterflies", "butterflies", abi::ntt_gl::kWordElements,
      abi::ntt_gl::kWordElements* abi::ntt_gl::kElementBytes, kNttCauses}}};

}  // namespace

const KernelView* find_kernel_view(std::string_view kernel) {
  for (const KernelView& view : kViews) {
    if (view.kernel == kernel) {
      return &view;
    }
  }
  return nullptr;
}

std::string implementation_name(std::uint32_t build) {
  switch (build & 0xff) {
    case abi::kImplementationHls:
      return "HLS";
    case abi::kImplementationRtl:
      return "RTL";
    default:
      return "unknown";
  }
}

}  // namespace proofcard::tools
