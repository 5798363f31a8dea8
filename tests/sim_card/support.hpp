// What the tests of unusual cards share.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/curve/g1.hpp"
#include "host/device/device.hpp"

namespace proofcard::device {

// target: sw_emu or hw_emu; xclbin: its name beside this program. Ends the program when it cannot be opened.
inline std::unique_ptr<Device> must_open(const std::string& target, const std::string& xclbin) {
  const std::string path = std::filesystem::read_symlink("/proc/self/exe").parent_path() / xclbin;
  auto opened = open(target + "@" + path);
  if (!opened.ok()) {
    ADD_FAILURE() << opened.error().message();
    std::abort();
  }
  return std::move(*opened);
}

// The card with two RTL units of msm_g1: opened at first use, ended with the program.
inline const Device& two_units() {
  static const std::unique_ptr<Device> device = must_open("hw_emu", "msm_g1.hw_emu_x2.xclbin");
  return *device;
}

// k * G for k = 1, 2, ...: all different, and cheap to make.
inline std::vector<curve::G1Affine> multiples(std::size_t n) {
  std::vector<curve::G1> points(n);
  curve::G1 p;
  for (curve::G1& out : points) {
    p += curve::G1::generator();
    out = p;
  }
  return curve::batch_to_affine(points);
}

}  // namespace proofcard::device
