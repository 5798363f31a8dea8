// Fr units: the bodies of pc_fr_mul give the same bits and the right element; pc_fr_sums and pc_fr_settle keep their
// ranges.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <vector>

#include "Vfr_mul_bench.h"
#include "rtl/model/fr_model.hpp"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {
namespace {

struct Operands {
  FrLazy a;
  FrLazy b;
  bool halve;
};

template <class Port>
FrLazy get(const Port& port) {
  FrLazy r{};
  std::memcpy(r.data(), &port[0], sizeof(r));
  return r;
}

constexpr FrLazy kModulus = {FrParams::kModulus[0], FrParams::kModulus[1], FrParams::kModulus[2],
                             FrParams::kModulus[3]};

FrLazy times(FrLazy v, std::uint64_t factor) {
  __extension__ using Wide = unsigned __int128;
  Wide carry = 0;
  for (auto& word : v) {
    carry += static_cast<Wide>(word) * factor;
    word = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  return v;
}
FrLazy minus_one(FrLazy v) {
  for (auto& word : v) {
    if (word-- != 0) {
      break;
    }
  }
  return v;
}
bool below(const FrLazy& a, const FrLazy& b) {
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

std::vector<FrLazy> extreme_operands() {
  std::vector<FrLazy> values = {FrLazy{}, FrLazy{1}};
  for (std::uint64_t k = 1; k <= 4; ++k) {
    values.push_back(minus_one(times(kModulus, k)));
    if (k < 4) {
      values.push_back(times(kModulus, k));
    }
  }
  for (unsigned bit = 1; bit < 255; bit += 7) {
    FrLazy power{};
    power[bit / 64] = std::uint64_t{1} << (bit % 64);
    values.push_back(power);
    values.push_back(minus_one(power));
  }
  return values;
}

using FrMul = SeededTest;

TEST_F(FrMul, BodiesAgreeAndSumsAreReduced) {
  Testbench<Vfr_mul_bench> bench;
  const std::vector<FrLazy> extremes = extreme_operands();
  const FrLazy four_r = times(kModulus, 4);
  const auto pick = [&] {
    FrLazy v = {random_(), random_(), random_(), random_() >> (random_() % 4)};
    return random_() % 4 == 0 || !below(v, four_r) ? extremes[random_() % extremes.size()] : v;
  };
  const Fr half = Fr::from_u64(2).inverse();
  Fr two_260 = Fr::one();
  for (int i = 0; i < 260; ++i) {
    two_260 += two_260;
  }
  const std::size_t mul_latency = bench->mul_latency_o;
  const std::size_t sums_latency = bench->sums_latency_o;
  const std::size_t settle_latency = bench->settle_latency_o;
  const std::size_t num_random = std::getenv("PROOFCARD_LONG") != nullptr ? 200'000 : 10'000;
  std::deque<Operands> sent;
  for (std::size_t cycle = 0; cycle < extremes.size() * extremes.size() + num_random; ++cycle) {
    const bool pairs = cycle < extremes.size() * extremes.size();
    const Operands now = {pairs ? extremes[cycle / extremes.size()] : pick(),
                          pairs ? extremes[cycle % extremes.size()] : pick(), random_() % 2 == 0};
    std::memcpy(&bench->a_i[0], now.a.data(), sizeof(now.a));
    std::memcpy(&bench->b_i[0], now.b.data(), sizeof(now.b));
    bench->halve_i = now.halve ? 1 : 0;
    sent.push_back(now);
    bench.tick();
    const auto sent_before = [&](std::size_t latency) { return sent[sent.size() - latency]; };
    if (sent.size() < mul_latency) {
      continue;
    }
    const Operands s = sent_before(sums_latency);
    const Fr scale = s.halve ? half : Fr::one();
    const FrLazy sum = get(bench->sum_o), difference = get(bench->difference_o);
    ASSERT_EQ(fr_value(sum), (fr_value(s.a) + fr_value(s.b)) * scale) << "cycle " << cycle;
    ASSERT_EQ(fr_value(difference), (fr_value(s.a) - fr_value(s.b)) * scale) << "cycle " << cycle;
    ASSERT_TRUE(below(sum, times(kModulus, 2)) && below(difference, times(kModulus, 2))) << "cycle " << cycle;
    const FrLazy settled = get(bench->settled_o);
    ASSERT_EQ(fr_value(settled), fr_value(sent_before(settle_latency).a)) << "cycle " << cycle;
    ASSERT_TRUE(below(settled, kModulus)) << "settled, cycle " << cycle;
    const Operands m = sent_before(mul_latency);
    sent.pop_front();
    const FrLazy expected = fr_mul(m.a, m.b);
    ASSERT_EQ(get(bench->structural_o), expected) << "structural, cycle " << cycle;
    ASSERT_EQ(get(bench->behavioural_o), expected) << "behavioural, cycle " << cycle;
    ASSERT_EQ(get(bench->dpi_o), expected) << "DPI-C, cycle " << cycle;
    ASSERT_EQ(fr_value(expected) * two_260, fr_value(m.a) * fr_value(m.b)) << "model, cycle " << cycle;
    ASSERT_TRUE(below(expected, times(kModulus, 3))) << "range, cycle " << cycle;
  }
}

}  // namespace
}  // namespace proofcard::rtl
