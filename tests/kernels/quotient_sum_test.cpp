// The CPU's implementations of QuotientSum keep its contract.
#include "tests/kernels/quotient_sum_contract.hpp"

namespace proofcard::kernels {
namespace {

INSTANTIATE_TEST_SUITE_P(Backends, QuotientSumContract,
                         ::testing::Values(QuotientBackend{"reference", &reference_quotient_sum, &reference_msm, 7},
                                           QuotientBackend{"cpu", &cpu_quotient_sum, &cpu_msm, 13}),
                         quotient_backend_name);

}  // namespace
}  // namespace proofcard::kernels
