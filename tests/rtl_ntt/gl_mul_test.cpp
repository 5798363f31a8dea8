// Goldilocks units: the bodies of pc_gl_mul and pc_gl_sums agree with 128-bit arithmetic, at extremes and at random.
#include <gmock/gmock.h>

#include <deque>
#include <vector>

#include "Vgl_mul_bench.h"
#include "rtl/model/gl_model.hpp"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {
namespace {

__extension__ using Wide = unsigned __int128;
constexpr Wide kP = kGlModulus;

struct Operands {
  std::uint64_t a;
  std::uint64_t b;
  bool halve;
};

// Numbers at which carries run far or a correction is just needed.
std::vector<std::uint64_t> extreme_operands() {
  std::vector<std::uint64_t> values = {0, 1, 2, kGlModulus - 1, kGlModulus - 2, kGlModulus / 2, kGlModulus / 2 + 1};
  for (unsigned bit = 1; bit < 64; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    for (const std::uint64_t v : {power - 1, power, power + 1, 0 - power}) {
      if (v < kGlModulus) {
        values.push_back(v);
      }
    }
  }
  return values;
}

using GlMul = SeededTest;

TEST_F(GlMul, BodiesAndSumsAgreeWithWideArithmetic) {
  Testbench<Vgl_mul_bench> bench;
  const std::vector<std::uint64_t> extremes = extreme_operands();
  const auto pick = [&] {
    const std::uint64_t v = random_() >> (random_() % 4 == 0 ? random_() % 64 : 0);
    return random_() % 4 == 0 ? extremes[random_() % extremes.size()] : v % kGlModulus;
  };
  const auto halved = [](Wide v, bool halve) {
    return static_cast<std::uint64_t>(halve && v % 2 != 0 ? (v + kP) / 2 : halve ? v / 2 : v);
  };
  const std::size_t mul_latency = bench->mul_latency_o;
  const std::size_t sums_latency = bench->sums_latency_o;
  const std::size_t num_random = std::getenv("PROOFCARD_LONG") != nullptr ? 4'000'000 : 100'000;
  std::deque<Operands> sent;
  for (std::size_t cycle = 0; cycle < extremes.size() * extremes.size() + num_random; ++cycle) {
    const bool pairs = cycle < extremes.size() * extremes.size();
    const Operands now = {pairs ? extremes[cycle / extremes.size()] : pick(),
                          pairs ? extremes[cycle % extremes.size()] : pick(), random_() % 2 == 0};
    bench->a_i = now.a;
    bench->b_i = now.b;
    bench->halve_i = now.halve ? 1 : 0;
    sent.push_back(now);
    bench.tick();
    if (sent.size() >= sums_latency) {
      const Operands& s = sent[sent.size() - sums_latency];
      ASSERT_EQ(bench->sum_o, halved((Wide{s.a} + s.b) % kP, s.halve)) << s.a << " + " << s.b;
      ASSERT_EQ(bench->difference_o, halved((Wide{s.a} + kP - s.b) % kP, s.halve)) << s.a << " - " << s.b;
    }
    if (sent.size() >= mul_latency) {
      const Operands m = sent[sent.size() - mul_latency];
      sent.pop_front();
      const auto expected = static_cast<std::uint64_t>(Wide{m.a} * m.b % kP);
      ASSERT_EQ(bench->structural_o, expected) << "structural, " << m.a << " * " << m.b;
      ASSERT_EQ(bench->behavioural_o, expected) << "behavioural, " << m.a << " * " << m.b;
      ASSERT_EQ(bench->dpi_o, expected) << "DPI-C, " << m.a << " * " << m.b;
    }
  }
}

TEST_F(GlMul, ModelAgreesWithWideArithmetic) {
  const std::vector<std::uint64_t> extremes = extreme_operands();
  for (const std::uint64_t a : extremes) {
    for (const std::uint64_t b : extremes) {
      ASSERT_EQ(gl_mul(a, b), static_cast<std::uint64_t>(Wide{a} * b % kP));
      ASSERT_EQ(gl_add(a, b), static_cast<std::uint64_t>((Wide{a} + b) % kP));
      ASSERT_EQ(gl_add(gl_halve(a), gl_halve(a)), a);
    }
  }
}

}  // namespace
}  // namespace proofcard::rtl
