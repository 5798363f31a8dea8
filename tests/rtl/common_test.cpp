// Delay lines of every kind, and wide sums whose carries run through all pieces.
#include <gmock/gmock.h>

#include <array>
#include <deque>
#include <vector>

#include "Vcommon_bench.h"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {
namespace {

using Common = SeededTest;

TEST_F(Common, DelaysOfEveryKind) {
  constexpr std::array<std::size_t, 8> kDepths = {0, 1, 2, 3, 4, 5, 33, 158};
  Testbench<Vcommon_bench> bench;
  std::vector<std::uint8_t> given;
  for (int cycle = 0; cycle < 1000; ++cycle) {
    given.push_back(static_cast<std::uint8_t>(random_()));
    bench->data_i = given.back();
    bench.eval();
    for (std::size_t n = 0; n < kDepths.size(); ++n) {
      if (given.size() > kDepths[n]) {
        ASSERT_EQ(static_cast<std::uint8_t>(bench->delayed_o >> (8 * n)), given[given.size() - 1 - kDepths[n]])
            << "depth " << kDepths[n];
      }
    }
    bench.tick();
  }
}

TEST_F(Common, WideSums) {
  Testbench<Vcommon_bench> bench;
  constexpr std::size_t kLatency = 3;
  const Lazy mask_257{~std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{0}, 1};
  std::deque<std::pair<Lazy, Lazy>> waiting;
  for (int i = 0; i < 20'000; ++i) {
    Lazy a{random_(), random_(), random_(), random_(), random_() & 1};
    Lazy b{random_(), random_(), random_(), random_(), random_() & 1};
    if (i % 2 == 0) {  // b is the complement of a but for a few bits, so that carries run far
      for (std::size_t k = 0; k < b.size(); ++k) {
        b[k] = ~a[k] & mask_257[k];
      }
      for (int flips = i % 3; flips > 0; --flips) {
        b[random_() % 4] ^= std::uint64_t{1} << (random_() % 64);
      }
    }
    set_lazy(bench->a_i, a);
    set_lazy(bench->b_i, b);
    waiting.emplace_back(a, b);
    bench.tick();
    if (waiting.size() < kLatency) {
      continue;
    }
    const Lazy sum = add(waiting.front().first, waiting.front().second);
    const Lazy sum_and_one = add(sum, Lazy{1, 0, 0, 0, 0});
    waiting.pop_front();
    Lazy got_256{};
    Lazy got_257{};
    for (std::size_t k = 0; k < 8; ++k) {
      got_256[k / 2] |= std::uint64_t{bench->sum_256_o[k]} << (32 * (k % 2));
      got_257[k / 2] |= std::uint64_t{bench->sum_257_o[k]} << (32 * (k % 2));
    }
    got_257[4] = bench->sum_257_o[8];
    ASSERT_EQ(got_256, (Lazy{sum[0], sum[1], sum[2], sum[3], 0}));
    ASSERT_EQ(got_257, (Lazy{sum_and_one[0], sum_and_one[1], sum_and_one[2], sum_and_one[3], sum_and_one[4] & 1}));
    ASSERT_EQ(bench->sum_40_o, sum_and_one[0] & ((std::uint64_t{1} << 40) - 1));
  }
}

}  // namespace
}  // namespace proofcard::rtl
