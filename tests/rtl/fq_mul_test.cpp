// The three bodies of pc_fq_mul give the same bits at the same time, and the right field element.
#include <gmock/gmock.h>

#include <deque>
#include <vector>

#include "Vfq_mul_bench.h"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {
namespace {

using FqMul = SeededTest;

// Numbers at which carries run far, digits are extreme, or sums are largest.
std::vector<Lazy> extreme_operands() {
  constexpr std::uint64_t kOnes = ~std::uint64_t{0};
  const Lazy p = {Fq::kModulus[0], Fq::kModulus[1], Fq::kModulus[2], Fq::kModulus[3], 0};
  std::vector<Lazy> values = {Lazy{}, Lazy{1, 0, 0, 0, 0}, p, {p[0] - 1, p[1], p[2], p[3], 0}, add(p, p)};
  values.push_back({kOnes, kOnes, kOnes, kOnes, 0});
  values.push_back({kOnes, kOnes, kOnes, kOnes >> 2, 0});
  values.push_back({0, 0, 0, 0, 1});
  values.push_back(to_lazy(Fq::one()));
  values.push_back(to_lazy(-Fq::one()));
  for (unsigned bit = 1; bit < 256; bit += 5) {
    Lazy v{};
    v[bit / 64] = std::uint64_t{1} << (bit % 64);
    values.push_back(v);
    Lazy ones{};  // 2^bit - 1
    for (unsigned i = 0; i < bit; ++i) {
      ones[i / 64] |= std::uint64_t{1} << (i % 64);
    }
    values.push_back(ones);
  }
  return values;
}

TEST_F(FqMul, BodiesAgreeWithTheModelAndTheField) {
  Testbench<Vfq_mul_bench> bench;
  const std::size_t latency = bench->latency_o;
  const std::vector<Lazy> extremes = extreme_operands();
  const auto pick = [&] {
    if (random_() % 4 == 0) {
      return extremes[random_() % extremes.size()];
    }
    Lazy v{random_(), random_(), random_(), random_(), 0};
    v[3] >>= random_() % 3;
    return v;
  };

  std::deque<std::pair<Lazy, Lazy>> waiting;
  const std::size_t num_products = std::getenv("PROOFCARD_LONG") != nullptr ? 400'000 : 20'000;
  std::size_t cycle = 0;
  for (; cycle < extremes.size() * extremes.size() + num_products; ++cycle) {
    const bool pairs = cycle < extremes.size() * extremes.size();
    const Lazy a = pairs ? extremes[cycle / extremes.size()] : pick();
    const Lazy b = pairs ? extremes[cycle % extremes.size()] : pick();
    set_lazy(bench->a_i, a);
    set_lazy(bench->b_i, b);
    waiting.emplace_back(a, b);
    bench.tick();
    if (waiting.size() < latency) {
      continue;
    }
    const auto [x, y] = waiting.front();
    waiting.pop_front();
    const Lazy expected = fq_mul(x, y);
    ASSERT_EQ(get_lazy(bench->structural_o), expected) << "structural, cycle " << cycle;
    ASSERT_EQ(get_lazy(bench->behavioural_o), expected) << "behavioural, cycle " << cycle;
    ASSERT_EQ(get_lazy(bench->dpi_o), expected) << "DPI-C, cycle " << cycle;
    ASSERT_EQ(to_fq(expected), to_fq(x) * to_fq(y)) << "model, cycle " << cycle;
  }
}

TEST_F(FqMul, ProductsOfNumbersBelowTwoPStayThere) {
  const Lazy p = {Fq::kModulus[0], Fq::kModulus[1], Fq::kModulus[2], Fq::kModulus[3], 0};
  const Lazy two_p = add(p, p);
  const Lazy largest{two_p[0] - 1, two_p[1], two_p[2], two_p[3], two_p[4]};
  const auto below_two_p = [&](const Lazy& v) {
    for (std::size_t i = v.size(); i-- > 0;) {
      if (v[i] != two_p[i]) {
        return v[i] < two_p[i];
      }
    }
    return false;
  };
  EXPECT_TRUE(below_two_p(fq_mul(largest, largest)));
  for (int i = 0; i < 10'000; ++i) {
    Lazy v = to_lazy(Fq::from_u256_reduced({random_(), random_(), random_(), random_()}));
    EXPECT_TRUE(below_two_p(fq_mul(add(v, p), largest)));
  }
  EXPECT_FALSE(below_two_p(two_p));
}

}  // namespace
}  // namespace proofcard::rtl
