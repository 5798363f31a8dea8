#include "sim/card/hls_unit.hpp"

namespace proofcard::sim {

namespace abi = device::abi;

HlsJob find_hls_job(std::string_view kernel) {
  return kernel == "msm_g1"        ? run_msm_g1
         : kernel == "ntt_fr"      ? run_ntt_fr
         : kernel == "ntt_gl"      ? run_ntt_gl
         : kernel == "hadamard_fr" ? run_hadamard_fr
                                   : nullptr;
}

std::uint32_t HlsUnit::read(std::uint32_t offset) {
  if (offset == abi::kRegCtrl) {
    if (running_) {
      return abi::kCtrlStart;
    }
    return abi::kCtrlIdle | (done_ ? abi::kCtrlDone : 0) | (ready_.exchange(false) ? abi::kCtrlReady : 0);
  }
  return offset % 4 == 0 && offset / 4 < registers_.size() ? registers_[offset / 4] : 0;
}

void HlsUnit::write(std::uint32_t offset, std::uint32_t value) {
  if (offset == abi::kRegCtrl) {
    if ((value & abi::kCtrlContinue) != 0) {
      done_ = false;
    }
    if ((value & abi::kCtrlStart) != 0 && !running_) {
      running_ = true;
      thread_ = std::jthread([this] { run(); });
    }
    return;
  }
  // Arguments are taken at the start; a driver does not write them while the unit works.
  if (offset % 4 == 0 && offset / 4 < registers_.size() && !running_) {
    registers_[offset / 4] = value;
  }
}

void HlsUnit::run() {
  job_(HlsArguments(registers_), memory_);
  done_ = true;
  ready_ = true;
  running_ = false;
}

}  // namespace proofcard::sim
