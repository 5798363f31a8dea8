#include "host/tools/backend.hpp"

#include <map>
#include <memory>

#include "host/device/device.hpp"

namespace proofcard::tools {
namespace {

// Cards stay open until the program ends: backends refer to their kernels.
Result<prover::Backend> card_backend(const std::string& name) {
  static std::map<std::string, std::unique_ptr<device::Device>> open_cards;
  std::unique_ptr<device::Device>& card = open_cards[name];
  if (card == nullptr) {
    PROOFCARD_TRY(card, device::open(name));
  }
  return prover::Backend{card->msm(), kernels::cpu_int_gemm()};
}

}  // namespace

Result<prover::Backend> find_backend(const std::string& device) {
  if (device == "cpu") {
    return prover::Backend{kernels::cpu_msm(), kernels::cpu_int_gemm()};
  }
  if (device == "reference") {
    return prover::Backend{kernels::reference_msm(), kernels::reference_int_gemm()};
  }
  if (device::names_a_card(device)) {
    return card_backend(device);
  }
  return make_error(ErrorKind::kDeviceFault, "--device " + device, "expected cpu, or cards: sw_emu, hw_emu, xrt:N");
}

}  // namespace proofcard::tools
