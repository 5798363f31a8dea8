// The HLS kernel behind XRT keeps the contract of Msm.
#include "tests/kernels/msm_contract.hpp"

#include "tests/device/support.hpp"

namespace proofcard::kernels {
namespace {

INSTANTIATE_TEST_SUITE_P(Card, MsmContract, ::testing::Values(Backend{"sw_emu", &device::sw_emu_msm, Isa::kPortable}),
                         backend_test_name);

}  // namespace
}  // namespace proofcard::kernels
