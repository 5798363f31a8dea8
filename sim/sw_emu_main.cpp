// The device process of target sw_emu: HLS kernels, compiled natively. simulate.sh starts it where XRT unpacked the
// xclbin.
#include "sim/card/device_process.hpp"
#include "sim/card/hls_unit.hpp"

int main() {
  using namespace proofcard::sim;  // NOLINT(google-build-using-namespace): a program's main
  run_device_process([](DeviceMemory& memory, const CardDescription&) -> CardModel {
    return {[&memory](const UnitDescription& unit) {
      return std::make_unique<HlsUnit>(memory, find_hls_job(unit.kernel->name));
    }};
  });
}
