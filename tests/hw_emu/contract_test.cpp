// The RTL kernel behind XRT keeps the contract of Msm.
#include "tests/hw_emu/support.hpp"
#include "tests/kernels/msm_contract.hpp"

namespace proofcard::kernels {
namespace {

INSTANTIATE_TEST_SUITE_P(Card, MsmContract,
                         ::testing::Values(Backend{"hw_emu", &device::hw_emu_msm, Isa::kPortable, /*slow=*/true}),
                         backend_test_name);

}  // namespace
}  // namespace proofcard::kernels
