#include "host/tools/backend.hpp"

namespace proofcard::tools {

Result<prover::Backend> find_backend(const std::string& device) {
  if (device == "cpu") {
    return prover::Backend{kernels::cpu_msm(), kernels::cpu_int_gemm()};
  }
  if (device == "reference") {
    return prover::Backend{kernels::reference_msm(), kernels::reference_int_gemm()};
  }
  return make_error(ErrorKind::kDeviceFault, "--device " + device,
                    "expected cpu, the only device that this build knows");
}

}  // namespace proofcard::tools
