// The card with two RTL units keeps the contract of Msm.
#include "tests/kernels/msm_contract.hpp"
#include "tests/sim_card/support.hpp"

namespace proofcard::kernels {
namespace {

const Msm& two_units_msm() { return device::two_units().msm(); }

// As the card is called: with the file that it was opened with.
std::string_view name() {
  static const std::string name =
      "hw_emu@" + (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "msm_g1.hw_emu_x2.xclbin").string();
  return name;
}

INSTANTIATE_TEST_SUITE_P(Card, MsmContract,
                         ::testing::Values(Backend{name(), &two_units_msm, Isa::kPortable, /*slow=*/true}),
                         [](const auto&) { return std::string("hw_emu_x2"); });

}  // namespace
}  // namespace proofcard::kernels
