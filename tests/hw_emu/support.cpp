#include "tests/hw_emu/support.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace proofcard::device {

const Device& hw_emu() {
  static const std::unique_ptr<Device> device = [] {
    auto opened = open("hw_emu");
    if (!opened.ok()) {
      fmt::print(stderr, "hw_emu: {}\n", opened.error().message());
      std::exit(1);
    }
    return std::move(*opened);
  }();
  return *device;
}

const kernels::Msm& hw_emu_msm() { return hw_emu().msm(); }

}  // namespace proofcard::device
