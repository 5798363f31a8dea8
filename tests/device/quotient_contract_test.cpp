// The chain of HLS kernels behind XRT keeps the contract of QuotientSum; so does what a card composes.
#include "tests/device/support.hpp"
#include "tests/kernels/quotient_sum_contract.hpp"

namespace proofcard::kernels {
namespace {

const QuotientSum& sw_emu_quotient() { return *device::sw_emu().quotient(); }
const QuotientSum& sw_emu_composed() {
  static const ComposedQuotientSum composed(*device::sw_emu().ntt_fr(), device::sw_emu().msm());
  return composed;
}

INSTANTIATE_TEST_SUITE_P(Card, QuotientSumContract,
                         ::testing::Values(QuotientBackend{"sw_emu", &sw_emu_quotient, &device::sw_emu_msm, 12},
                                           QuotientBackend{"sw_emu_composed", &sw_emu_composed, &device::sw_emu_msm,
                                                           9}),
                         quotient_backend_name);

}  // namespace
}  // namespace proofcard::kernels
