// The state in which a Verilated module starts: every register and memory word is random, as after power-up, so that a test
// fails when anything but a reset is needed to begin. Benches are verilated with --x-initial unique, or this does nothing.
#pragma once

#include <verilated.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>

namespace proofcard::rtl {

// PROOFCARD_TEST_SEED, which repeats a run, or a new seed.
inline std::uint64_t draw_seed() {
  const char* given = std::getenv("PROOFCARD_TEST_SEED");
  return given != nullptr ? std::stoull(given) : std::random_device{}();
}

// The seed is printed, since an assertion of the RTL ends the process.
inline std::unique_ptr<VerilatedContext> power_up() {
  static const std::uint64_t seed = [] {
    const std::uint64_t drawn = draw_seed();
    std::printf("registers start with PROOFCARD_TEST_SEED=%llu\n", static_cast<unsigned long long>(drawn));
    std::fflush(stdout);
    return drawn;
  }();
  auto context = std::make_unique<VerilatedContext>();
  context->randReset(2);
  context->randSeed(static_cast<int>(seed % 0x7fffffff) + 1);
  return context;
}

}  // namespace proofcard::rtl
