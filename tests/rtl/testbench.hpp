// What every RTL test needs: a clocked Verilated module, wide ports, random numbers with a printed seed.
//
// Timing:  inputs are set between edges; tick() makes one rising edge, after which outputs are those of the new cycle.
#pragma once

#include <gtest/gtest.h>
#include <verilated.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "rtl/model/fq_model.hpp"
#include "tests/rtl/coverage.hpp"
#include "tests/rtl/power_up.hpp"

namespace proofcard::rtl {

template <class Module>
class Testbench {
 public:
  // Registers and inputs start as the context says: as 0, or, with that of power_up(), at random.
  explicit Testbench(std::unique_ptr<VerilatedContext> context = std::make_unique<VerilatedContext>())
      : context_(std::move(context)), module_(std::make_unique<Module>(context_.get())) {
    reset();
  }
  ~Testbench() {
    module_->final();
    write_coverage(*context_);
  }

  Module* operator->() { return module_.get(); }

  void reset() {
    module_->rst_ni = 0;
    tick();
    tick();
    module_->rst_ni = 1;
    eval();
  }
  // Combinational outputs follow inputs that were just set.
  void eval() {
    module_->clk_i = 0;
    module_->eval();
  }
  void tick() {
    eval();
    module_->clk_i = 1;
    module_->eval();
    ++cycles_;
  }
  std::uint64_t cycles() const { return cycles_; }

 private:
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Module> module_;
  std::uint64_t cycles_ = 0;
};

// Bits [low, low + 258) of a wide port. Pre: low is a multiple of 2.
template <class Port>
Lazy get_lazy(const Port& port, std::size_t low = 0) {
  Lazy r{};
  for (std::size_t bit = 0; bit < 258; ++bit) {
    const std::size_t at = low + bit;
    r[bit / 64] |= static_cast<std::uint64_t>((port[at / 32] >> (at % 32)) & 1) << (bit % 64);
  }
  return r;
}
template <class Port>
void set_lazy(Port& port, const Lazy& value, std::size_t low = 0) {
  for (std::size_t bit = 0; bit < 258; ++bit) {
    const std::size_t at = low + bit;
    const std::uint32_t mask = std::uint32_t{1} << (at % 32);
    const bool one = ((value[bit / 64] >> (bit % 64)) & 1) != 0;
    port[at / 32] = one ? port[at / 32] | mask : port[at / 32] & ~mask;
  }
}

// A generator whose seed is printed when the test fails; PROOFCARD_TEST_SEED repeats a run.
class SeededTest : public ::testing::Test {
 protected:
  SeededTest() {
    seed_ = draw_seed();
    random_.seed(seed_);
  }
  void TearDown() override {
    if (HasFailure()) {
      std::printf("PROOFCARD_TEST_SEED=%llu repeats this run\n", static_cast<unsigned long long>(seed_));
    }
  }
  std::uint64_t seed_ = 0;
  std::mt19937_64 random_;
};

}  // namespace proofcard::rtl
