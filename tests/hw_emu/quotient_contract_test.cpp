// The chain of RTL kernels behind XRT keeps the contract of QuotientSum, in small sizes and one of two passes.
#include "tests/hw_emu/support.hpp"
#include "tests/kernels/quotient_sum_contract.hpp"

namespace proofcard::kernels {
namespace {

const QuotientSum& hw_emu_quotient() { return *device::hw_emu().quotient(); }

INSTANTIATE_TEST_SUITE_P(Card, QuotientSumContract,
                         ::testing::Values(QuotientBackend{"hw_emu", &hw_emu_quotient, &device::hw_emu_msm, 12}),
                         quotient_backend_name);

}  // namespace
}  // namespace proofcard::kernels
