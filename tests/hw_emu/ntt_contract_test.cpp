// The RTL kernel ntt_fr behind XRT keeps the contract of Ntt.
#include "tests/kernels/ntt_contract.hpp"

#include "tests/hw_emu/support.hpp"

namespace proofcard::kernels {
namespace {

struct RtlBackend {
  using Field = Fr;
  static constexpr std::string_view kName = "hw_emu";
  static constexpr Isa kIsa = Isa::kPortable;
  static constexpr unsigned kMaxLogN = 12;
  static const Ntt<Fr>& ntt() { return *device::hw_emu().ntt_fr(); }
};

using Backends = testing::Types<RtlBackend>;
INSTANTIATE_TYPED_TEST_SUITE_P(Card, NttContract, Backends);

}  // namespace
}  // namespace proofcard::kernels
