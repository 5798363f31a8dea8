// pc_bucket_unit in the sizes of u55c: seven windows of 13 bits. Checks results, and how many cycles accumulation and
// fold take; prints both.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>
#include <vector>

#include "Vbucket_unit_bench.h"
#include "tests/rtl/points.hpp"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {
namespace {

using curve::G1;
using curve::G1Affine;
constexpr std::uint32_t kWindows = 7;
constexpr std::uint32_t kBuckets = 4096;
constexpr unsigned kAllIdle = 255;

using BucketUnitU55c = SeededTest;

TEST_F(BucketUnitU55c, AccumulatesAndFoldsSevenWindows) {
  Testbench<Vbucket_unit_bench> bench;
  bench->valid_i = 0;
  bench->narrow_i = 0;
  bench->mark_i = 0;
  bench->fold_start_i = 0;
  bench->horner_start_i = 0;
  for (int i = 0; i < 40'000 && bench->idle_o != kAllIdle; ++i) {
    bench.tick();
  }
  ASSERT_EQ(bench->idle_o, kAllIdle);

  const std::size_t num_points = std::getenv("PROOFCARD_LONG") != nullptr ? 65'536 : 4'096;
  const std::vector<G1Affine> points = random_points(num_points, random_);
  std::vector<std::vector<G1>> buckets(kWindows, std::vector<G1>(kBuckets));
  const auto start = std::chrono::steady_clock::now();
  const std::uint64_t first_cycle = bench.cycles();
  for (const G1Affine& point : points) {
    for (std::uint32_t window = 0; window < kWindows; ++window) {
      const auto bucket = static_cast<std::uint32_t>(random_() % kBuckets);
      const bool negative = random_() % 2 == 0;
      buckets[window][bucket] += negative ? -point : point;
      std::memcpy(&bench->x_i[0], point.x.montgomery().data(), 32);
      std::memcpy(&bench->y_i[0], point.y.montgomery().data(), 32);
      bench->negative_i = negative;
      bench->address_i = static_cast<SData>(window * kBuckets + bucket);
      bench->valid_i = 1;
      bench.eval();
      while (!bench->ready_o) {
        bench.tick();
        bench.eval();
      }
      bench.tick();
    }
  }
  const std::uint64_t accumulate = bench.cycles() - first_cycle;
  bench->mark_i = 1;
  bench.eval();
  while (!bench->ready_o) {
    bench.tick();
    bench.eval();
  }
  while (!bench->mark_o && bench.cycles() < first_cycle + 10'000'000) {
    bench.tick();
    bench->valid_i = 0;
  }
  while (bench->idle_o != kAllIdle && bench.cycles() < first_cycle + 10'000'000) {
    bench.tick();
  }
  const std::uint64_t drain = bench.cycles() - first_cycle - accumulate;

  bench->fold_contexts_i = (1 << kWindows) - 1;
  bench->fold_start_i = 1;
  const std::uint64_t fold_cycle = bench.cycles();
  bench.tick();
  bench->fold_start_i = 0;
  while ((bench->fold_busy_o || bench->settled_o != kAllIdle) && bench.cycles() < fold_cycle + 1'000'000) {
    bench.tick();
  }
  const std::uint64_t fold = bench.cycles() - fold_cycle;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  std::vector<G1Affine> results(8, G1Affine::infinity());
  bench->horner_contexts_i = (1 << kWindows) - 1;
  bench->horner_start_i = 1;
  bench->result_ready_i = 1;
  const std::uint64_t horner_cycle = bench.cycles();
  for (std::uint32_t taken = 0; taken < kWindows && bench.cycles() < horner_cycle + 100'000;) {
    bench.eval();
    if (bench->result_valid_o) {
      results.at(bench->result_context_o) = to_affine(get_point(bench->result_point_o));
      ++taken;
    }
    bench.tick();
    bench->horner_start_i = 0;
  }
  const std::uint64_t horner = bench.cycles() - horner_cycle;
  for (std::uint32_t window = 0; window < kWindows; ++window) {
    // sum over k of k B_k by running sums; bucket 0 stands for 4096.
    G1 running = buckets[window][0];
    G1 expected = running;
    for (std::uint32_t k = kBuckets - 1; k > 0; --k) {
      running += buckets[window][k];
      expected += running;
    }
    EXPECT_EQ(results[window], expected.to_affine()) << "window " << window;
  }

  const std::uint64_t digits = num_points * kWindows;
  EXPECT_LE(accumulate, digits + digits / 100 + 16);
  // 2^c - 2 additions a window, and the latency of each level and of the last odd sums.
  EXPECT_LE(fold, kWindows * ((1U << 13) - 2) + 13 * 250 + 3000);
  // Twelve doublings and twelve additions, each with the adder's latency.
  EXPECT_LE(horner, 24U * 175);
  std::printf("%llu digits: %llu cycles, drain %llu, fold %llu, Horner %llu; %.0f cycles/s with curve arithmetic\n",
              static_cast<unsigned long long>(digits), static_cast<unsigned long long>(accumulate),
              static_cast<unsigned long long>(drain), static_cast<unsigned long long>(fold),
              static_cast<unsigned long long>(horner), static_cast<double>(accumulate + drain + fold) / seconds);
}

}  // namespace
}  // namespace proofcard::rtl
