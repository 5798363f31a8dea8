// pc_ntt_core against the reference transforms: every size, direction, order, batch; with a memory that
// stalls.
#include <gmock/gmock.h>

#include "tests/rtl_ntt/ntt_bench.hpp"

namespace proofcard::rtl {
namespace {

using F = TestedField;

class NttCore : public SeededTest {
 protected:
  void check(unsigned log_n, std::size_t batch, bool inverse, bool bit_reversed, F shift, NttMemory memory) {
    std::vector<F> data(batch << log_n);
    for (auto& v : data) {
      v = random_element(F{}, random_);
    }
    std::vector<F> expected = data;
    kernels::NttJob<F> job;
    job.log_n = log_n;
    job.direction = inverse ? kernels::NttDirection::kInverse : kernels::NttDirection::kForward;
    job.order = !bit_reversed ? kernels::NttOrder::kNaturalToNatural
                : inverse     ? kernels::NttOrder::kBitReversedToNatural
                              : kernels::NttOrder::kNaturalToBitReversed;
    job.shift = shift;
    ASSERT_TRUE(reference_ntt(F{}).transform(expected, job).ok());
    const NttRun run = bench_.run(data, log_n, inverse, bit_reversed, shift, memory);
    ASSERT_TRUE(run.done) << "2^" << log_n << " x " << batch << " never ended";
    for (std::size_t i = 0; i < data.size(); ++i) {
      ASSERT_TRUE(data[i] == expected[i])
          << "element " << i << " of 2^" << log_n << " x " << batch << (inverse ? ", inverse" : ", forward")
          << (bit_reversed ? ", bit-reversed" : ", natural");
    }
  }
  NttBench<F> bench_{random_};
};

TEST_F(NttCore, EverySizeDirectionAndOrder) {
  const unsigned largest = std::getenv("PROOFCARD_TEST_LONG") != nullptr ? 16 : 12;
  for (unsigned log_n = 0; log_n <= largest; ++log_n) {
    for (const bool inverse : {false, true}) {
      for (const bool bit_reversed : {false, true}) {
        check(log_n, 1, inverse, bit_reversed, F::one(), {});
        if (HasFatalFailure()) {
          return;
        }
      }
    }
  }
}

TEST_F(NttCore, BatchesOnCosetsWithAStallingMemory) {
  for (unsigned log_n = 0; log_n <= 9; ++log_n) {
    for (const std::size_t batch : {2U, 3U, 7U, 33U}) {
      const F shift = random_element(F{}, random_);
      const NttMemory memory{static_cast<unsigned>(1 + random_() % 100), static_cast<unsigned>(random_() % 70)};
      check(log_n, batch, random_() % 2 == 0, random_() % 2 == 0, shift, memory);
      if (HasFatalFailure()) {
        return;
      }
    }
  }
}

TEST_F(NttCore, ResetEndsAJob) {
  for (const unsigned cycles : {1U, 20U, 40U, 100U, 333U}) {
    bench_.start_and_abandon(6, cycles);
    check(7, 2, false, false, F::one(), {});
  }
}

}  // namespace
}  // namespace proofcard::rtl
