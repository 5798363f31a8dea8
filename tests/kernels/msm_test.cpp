// The CPU implementations of Msm keep its contract.
#include "tests/kernels/msm_contract.hpp"

namespace proofcard::kernels {
namespace {

INSTANTIATE_TEST_SUITE_P(Backends, MsmContract,
                         ::testing::Values(Backend{"reference", &reference_msm, Isa::kPortable, true},
                                           Backend{"cpu-portable", &cpu_msm, Isa::kPortable},
                                           Backend{"cpu-avx512", &cpu_msm, Isa::kAvx512}),
                         backend_test_name);

}  // namespace
}  // namespace proofcard::kernels
