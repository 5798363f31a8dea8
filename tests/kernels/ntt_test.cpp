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
  static constexpr std::string_view kName = I == Isa::kAvx512 ? "cpu-avx512"
                                            : I == Isa::kAvx2 ? "cpu-avx2"
                                                              : "cpu-portable";
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

using Backends = ::testing::Types<ReferenceBackend<Fr>, ReferenceBackend<Goldilocks>, CpuBackend<Fr, Isa::kPortable>,
                                  CpuBackend<Goldilocks, Isa::kPortable>, CpuBackend<Goldilocks, Isa::kAvx2>,
                                  CpuBackend<Fr, Isa::kAvx512>, CpuBackend<Goldilocks, Isa::kAvx512>>;

struct BackendName {
  template <class Backend>
  static std::string GetName(int) {
    return (std::is_same_v<typename Backend::Field, Fr> ? "fr_" : "goldilocks_") +
           std::string(Backend::kName.substr(Backend::kName.rfind('-') + 1));
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Backends, NttContract, Backends, BackendName);

template <class Backend>
class LongCpuNtt : public NttContract<Backend> {};
using CpuBackends = ::testing::Types<CpuBackend<Fr, Isa::kPortable>, CpuBackend<Goldilocks, Isa::kPortable>,
                                     CpuBackend<Goldilocks, Isa::kAvx2>, CpuBackend<Fr, Isa::kAvx512>,
                                     CpuBackend<Goldilocks, Isa::kAvx512>>;
TYPED_TEST_SUITE(LongCpuNtt, CpuBackends, BackendName);

// Sizes that are too long for the reference: values at a few points by Horner's rule, and the way back.
TYPED_TEST(LongCpuNtt, ValuesAtAFewPointsAndBack) {
  using F = typename TypeParam::Field;
  constexpr bool kIsFr = std::is_same_v<F, Fr>;
  std::vector<unsigned> sizes;
  if (this->long_tests()) {
    sizes = kIsFr ? std::vector<unsigned>{24} : std::vector<unsigned>{24, 26};
  } else {
    sizes = {kIsFr ? 17U : 22U};  // the shortest that is written past the caches
  }
  for (const unsigned log_n : sizes) {
    SCOPED_TRACE(::testing::Message() << "seed " << this->seed_ << ", 2^" << log_n);
    const std::size_t n = std::size_t{1} << log_n;
    const F shift = this->random(), root = root_of_unity<F>(log_n);
    const auto x = this->random(n);
    auto values = this->run(x, {.log_n = log_n, .shift = shift});
    for (const std::size_t k : {std::size_t{0}, n - 1, static_cast<std::size_t>(this->rng_() % n)}) {
      F point = shift, power = root;
      for (std::size_t e = k; e != 0; e >>= 1, power *= power) {
        point = e % 2 == 0 ? point : point * power;
      }
      F value = F::zero();
      for (std::size_t i = n; i-- > 0;) {
        value = value * point + x[i];
      }
      ASSERT_EQ(values[k], value) << k;
    }
    const NttJob<F> back{log_n, NttDirection::kInverse, NttOrder::kNaturalToNatural, shift};
    ASSERT_TRUE(TypeParam::ntt().transform(values, back).ok());
    const bool undone = values == x;
    ASSERT_TRUE(undone);
  }
}

}  // namespace
}  // namespace proofcard::kernels
