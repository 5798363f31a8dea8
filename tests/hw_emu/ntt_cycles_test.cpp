// Cycles of the RTL kernels ntt_fr and ntt_gl behind the memory model, where a burst has its price: rows of the
// channel's banks, turnarounds, refresh. Prints a row for each job, and holds butterflies to be busy in the sizes that
// have a target. PROOFCARD_LONG=1 adds the large jobs.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/hw_emu/support.hpp"

namespace proofcard::device {
namespace {

using kernels::NttDirection;
using kernels::NttJob;
using kernels::NttOrder;

Fr pick(const Fr&, std::mt19937_64& random) { return Fr::from_u256_reduced({random(), random(), random(), random()}); }
Goldilocks pick(const Goldilocks&, std::mt19937_64& random) { return Goldilocks::from_u64(random()); }

// Butterfly results used, of all that the butterflies could have made in the job's cycles.
template <class F>
double busy(const XrtNtt<F>& ntt, const kernels::Ntt<F>& cpu, const NttJob<F>& job, std::size_t batch) {
  std::mt19937_64 random(job.log_n);
  std::vector<F> data(batch << job.log_n);
  for (F& v : data) {
    v = pick(v, random);
  }
  std::vector<F> expected = data;
  const Counters before = ntt.counters();
  EXPECT_TRUE(ntt.transform(data, job).ok());
  const Counters after = ntt.counters();
  EXPECT_TRUE(cpu.transform(expected, job).ok());
  EXPECT_TRUE(data == expected);
  EXPECT_EQ(after.jobs, before.jobs + 1);
  const auto cycles = static_cast<double>(after["cycles"] - before["cycles"]);
  const Counters of_job = after - before;
  const std::uint64_t words = of_job["loaded_words"] + of_job["stored_words"];
  const double used = static_cast<double>(job.log_n * data.size()) / 2 / NttAbi<F>::kWordElements;
  std::printf("%s 2^%u x %zu %s, order %d: %.0f cycles, busy %.3f, %.1f bytes a cycle and channel pair\n",
              NttAbi<F>::kKernel.name.data(), job.log_n, batch,
              job.direction == NttDirection::kForward ? "forward" : "inverse", static_cast<int>(job.order), cycles,
              used / cycles, static_cast<double>(words * kNttBeatBytes) / cycles);
  return used / cycles;
}

template <class F>
void every_order(const XrtNtt<F>& ntt, const kernels::Ntt<F>& cpu, unsigned log_n, std::size_t batch) {
  for (const NttDirection direction : {NttDirection::kForward, NttDirection::kInverse}) {
    for (const NttOrder order :
         {NttOrder::kNaturalToNatural, NttOrder::kNaturalToBitReversed, NttOrder::kBitReversedToNatural}) {
      EXPECT_GE(busy<F>(ntt, cpu, {log_n, direction, order, F::one()}, batch), 0.90);
    }
  }
}

TEST(CardNttCycles, ButterfliesAreBusyBehindTheMemoryModel) {
  const bool is_long = std::getenv("PROOFCARD_LONG") != nullptr;
  for (const unsigned log_n : is_long ? std::vector<unsigned>{14, 16, 18, 20} : std::vector<unsigned>{14}) {
    every_order<Fr>(*hw_emu().ntt_fr(), kernels::cpu_ntt_fr(), log_n, 1);
  }
  for (const unsigned log_n : is_long ? std::vector<unsigned>{20, 22} : std::vector<unsigned>{}) {
    every_order<Goldilocks>(*hw_emu().ntt_goldilocks(), kernels::cpu_ntt_goldilocks(), log_n, 1);
  }
  if (is_long) {
    every_order<Goldilocks>(*hw_emu().ntt_goldilocks(), kernels::cpu_ntt_goldilocks(), 16, 16);
  }
}

}  // namespace
}  // namespace proofcard::device
