// The device process of a card that answers wrongly. PROOFCARD_TEST_LIE in the environment of whoever opens it says
// how; without it, the card is sw_emu's.
//
//   zeros, infinity, off_curve, non_canonical   every result of msm_g1 is that
//   generator                                   the last result is G, whatever it was
//   swapped                                     results of msm_g1 move by one place
//   transform, product                          one element of the output of ntt_fr, of hadamard_fr is 1
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "host/curve/g1.hpp"
#include "host/device/abi/abi_hadamard_fr.hpp"
#include "host/device/abi/abi_ntt_fr.hpp"
#include "sim/card/device_process.hpp"
#include "sim/card/hls_unit.hpp"

namespace {

using namespace proofcard;  // NOLINT(google-build-using-namespace): a program's only file
using sim::DeviceMemory;
using sim::HlsArguments;
namespace abi = device::abi;

const std::string& lie() {
  static const std::string text = [] {
    const char* from_environment = std::getenv("PROOFCARD_TEST_LIE");
    return std::string(from_environment != nullptr ? from_environment : "");
  }();
  return text;
}

void put_point(std::uint8_t* at, const Fq& x, const Fq& y, const Fq& z) {
  const Fq words[4] = {x, y, z, Fq::zero()};
  static_assert(sizeof(words) == abi::kResultBytes);
  std::memcpy(at, words, sizeof(words));
}

void lying_msm_g1(const HlsArguments& a, DeviceMemory& memory) {
  sim::run_msm_g1(a, memory);
  const std::size_t count = std::size_t{a.scalar(abi::kArgNumMsms)} * a.scalar(abi::kArgNumWindows);
  if (count == 0) {
    return;
  }
  const auto results = memory.span(a.pointer(abi::kArgResults), count * abi::kResultBytes);
  if (lie() == "swapped") {
    std::ranges::rotate(results, results.begin() + abi::kResultBytes);
  }
  const auto g = curve::G1Affine::generator();
  if (lie() == "generator") {
    put_point(results.data() + (count - 1) * abi::kResultBytes, g.x, g.y, Fq::one());
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::uint8_t* at = results.data() + i * abi::kResultBytes;
    if (lie() == "zeros") {
      put_point(at, Fq::zero(), Fq::zero(), Fq::zero());
    } else if (lie() == "infinity") {
      put_point(at, Fq::zero(), Fq::one(), Fq::zero());
    } else if (lie() == "off_curve") {
      put_point(at, Fq::one(), Fq::one(), Fq::one());
    } else if (lie() == "non_canonical") {
      put_point(at, Fq::zero(), Fq::from_montgomery(Fq::kModulus), Fq::zero());
    }
  }
}

// The first 32 bytes of a buffer.
void put_one(DeviceMemory& memory, std::uint64_t address) {
  const U256 one{1, 0, 0, 0};
  std::memcpy(memory.span(address, sizeof(one)).data(), &one, sizeof(one));
}

void lying_ntt_fr(const HlsArguments& a, DeviceMemory& memory) {
  sim::run_ntt_fr(a, memory);
  if (lie() == "transform" && a.scalar(abi::ntt_fr::kArgBatch) != 0) {
    put_one(memory, a.pointer(abi::ntt_fr::kArgOut0));
  }
}

void lying_hadamard_fr(const HlsArguments& a, DeviceMemory& memory) {
  sim::run_hadamard_fr(a, memory);
  if (lie() == "product" && a.scalar(abi::hadamard_fr::kArgNumElements) != 0) {
    put_one(memory, a.pointer(abi::hadamard_fr::kArgOut));
  }
}

}  // namespace

int main() {
  sim::run_device_process([](DeviceMemory& memory, const sim::CardDescription&) -> sim::CardModel {
    return {[&memory](const sim::UnitDescription& unit) {
      const std::string_view kernel = unit.kernel->name;
      return std::make_unique<sim::HlsUnit>(memory, kernel == "msm_g1"        ? lying_msm_g1
                                                    : kernel == "ntt_fr"      ? lying_ntt_fr
                                                    : kernel == "hadamard_fr" ? lying_hadamard_fr
                                                                              : sim::find_hls_job(kernel));
    }};
  });
}
