// Every kernel that a card may have.
#pragma once

#include <array>

#include "host/device/abi/abi.hpp"
#include "host/device/abi/abi_echo.hpp"
#include "host/device/abi/abi_hadamard_fr.hpp"
#include "host/device/abi/abi_ntt_fr.hpp"
#include "host/device/abi/abi_ntt_gl.hpp"

namespace proofcard::device::abi {

inline constexpr std::array<KernelAbi, 5> kKernels{abi::kKernel, ntt_fr::kKernel, ntt_gl::kKernel, hadamard_fr::kKernel,
                                                   echo::kKernel};

// nullptr: no kernel has this name.
constexpr const KernelAbi* find_kernel(std::string_view name) {
  for (const KernelAbi& kernel : kKernels) {
    if (kernel.name == name) {
      return &kernel;
    }
  }
  return nullptr;
}

}  // namespace proofcard::device::abi
