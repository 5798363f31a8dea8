// The reference and CPU implementations of Ntt keep its contract.
#include "tests/kernels/ntt_contract.hpp"

namespace proofcard::kernels {
namespace {

template <class F>
struct ReferenceBackend {
  using Field = F;
  static constexpr std::string_view kName = "reference";
  static constexpr Isa kIsa = Isa::kPortable;
  static constexpr unsigned kMaxLogN = 8;
  static const Ntt<F>& ntt() {
    if constexpr (std::is_same_v<F, Fr>) {
      return reference_ntt_fr();
    } else {
      return reference_ntt_goldilocks();
    }
  }
};

template <class F, Isa I>
struct CpuBackend {
  using Field = F;
  static constexpr std::string_view kName = I == Isa::kAvx512 ? "cpu-avx512" : "cpu-portable";
  static constexpr Isa kIsa = I;
  static constexpr unsigned kMaxLogN = 12;
  static const Ntt<F>& ntt() {
    if constexpr (std::is_same_v<F, Fr>) {
      return cpu_ntt_fr();
    } else {
      return cpu_ntt_goldilocks();
    }
  }
};

using Backends = testing::Types<ReferenceBackend<Fr>, ReferenceBackend<Goldilocks>, CpuBackend<Fr, Isa::kPortable>,
                                CpuBackend<Goldilocks, Isa::kPortable>, CpuBackend<Fr, Isa::kAvx512>,
                                CpuBackend<Goldilocks, Isa::kAvx512>>;

struct BackendName {
  template <class Backend>
  static std::string GetName(int) {
    return (std::is_same_v<typename Backend::Field, Fr> ? "fr_" : "goldilocks_") +
           std::string(Backend::kName.substr(Backend::kName.rfind('-') + 1));
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Backends, NttContract, Backends, BackendName);

}  // namespace
}  // namespace proofcard::kernels
