// The HLS kernels ntt_fr and ntt_gl behind XRT keep the contract of Ntt.
#include "tests/kernels/ntt_contract.hpp"

#include "tests/device/support.hpp"

namespace proofcard::kernels {
namespace {

template <class F>
struct CardBackend {
  using Field = F;
  static constexpr std::string_view kName = "sw_emu";
  static constexpr Isa kIsa = Isa::kPortable;
  static constexpr unsigned kMaxLogN = 12;
  static const Ntt<F>& ntt() {
    if constexpr (std::is_same_v<F, Fr>) {
      return *device::sw_emu().ntt_fr();
    } else {
      return *device::sw_emu().ntt_goldilocks();
    }
  }
};

using Backends = ::testing::Types<CardBackend<Fr>, CardBackend<Goldilocks>>;
struct BackendName {
  template <class Backend>
  static std::string GetName(int) {
    return std::is_same_v<typename Backend::Field, Fr> ? "fr" : "goldilocks";
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Card, NttContract, Backends, BackendName);

}  // namespace
}  // namespace proofcard::kernels
