// pc_ntt_core over Goldilocks against the reference transforms: every size, direction, order, batch; with a memory that
// stalls.
#include <gmock/gmock.h>

#include "host/kernels/ntt.hpp"
#include "tests/rtl_ntt/ntt_bench.hpp"

namespace proofcard::rtl {
namespace {

class NttCoreGl : public SeededTest {
 protected:
  Goldilocks pick() {
    return random_() % 8 == 0 ? Goldilocks::from_canonical(Goldilocks::kModulus - 1) : Goldilocks::from_u64(random_());
  }
  void check(unsigned log_n, std::size_t batch, bool inverse, bool bit_reversed, Goldilocks shift, NttMemory memory) {
    std::vector<Goldilocks> data(batch << log_n);
    for (auto& v : data) {
      v = pick();
    }
    std::vector<Goldilocks> expected = data;
    kernels::NttJob<Goldilocks> job;
    job.log_n = log_n;
    job.direction = inverse ? kernels::NttDirection::kInverse : kernels::NttDirection::kForward;
    job.order = !bit_reversed ? kernels::NttOrder::kNaturalToNatural
                : inverse     ? kernels::NttOrder::kBitReversedToNatural
                              : kernels::NttOrder::kNaturalToBitReversed;
    job.shift = shift;
    ASSERT_TRUE(kernels::reference_ntt_goldilocks().transform(expected, job).ok());
    const NttRun run = bench_.run(data, log_n, inverse, bit_reversed, shift, memory);
    ASSERT_TRUE(run.done) << "2^" << log_n << " x " << batch << " never ended";
    for (std::size_t i = 0; i < data.size(); ++i) {
      ASSERT_EQ(data[i].canonical(), expected[i].canonical())
          << "element " << i << " of 2^" << log_n << " x " << batch << (inverse ? ", inverse" : ", forward")
          << (bit_reversed ? ", bit-reversed" : ", natural");
    }
  }
  NttBench<Goldilocks> bench_{random_};
};

TEST_F(NttCoreGl, EverySizeDirectionAndOrder) {
  const unsigned largest = std::getenv("PROOFCARD_TEST_LONG") != nullptr ? 16 : 12;
  for (unsigned log_n = 0; log_n <= largest; ++log_n) {
    for (const bool inverse : {false, true}) {
      for (const bool bit_reversed : {false, true}) {
        check(log_n, 1, inverse, bit_reversed, Goldilocks::one(), {});
        if (HasFatalFailure()) {
          return;
        }
      }
    }
  }
}

TEST_F(NttCoreGl, BatchesOnCosetsWithAStallingMemory) {
  for (unsigned log_n = 0; log_n <= 9; ++log_n) {
    for (const std::size_t batch : {2U, 3U, 7U, 33U}) {
      const Goldilocks shift = Goldilocks::from_canonical(1 + random_() % (Goldilocks::kModulus - 1));
      const NttMemory memory{static_cast<unsigned>(1 + random_() % 100), static_cast<unsigned>(random_() % 70)};
      check(log_n, batch, random_() % 2 == 0, random_() % 2 == 0, shift, memory);
      if (HasFatalFailure()) {
        return;
      }
    }
  }
}

TEST_F(NttCoreGl, ResetEndsAJob) {
  for (const unsigned cycles : {1U, 20U, 40U, 100U, 333U}) {
    bench_.start_and_abandon(6, cycles);
    check(7, 2, false, false, Goldilocks::one(), {});
  }
}

}  // namespace
}  // namespace proofcard::rtl
