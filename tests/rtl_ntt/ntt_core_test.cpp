// pc_ntt_core against the reference transforms: every size, direction, order, batch; with a memory that
// stalls.
#include <gmock/gmock.h>

#include "tests/rtl_ntt/ntt_bench.hpp"

namespace proofcard::rtl {
namespace {

using F = TestedField;

class NttCore : public SeededTest {
 protected:
  void check(unsigned log_n, std::size_t batch, const NttFlags& flags, F shift, NttMemory memory) {
    std::vector<F> data(batch << log_n);
    for (auto& v : data) {
      v = random_element(F{}, random_);
    }
    std::vector<F> expected = data;
    ASSERT_TRUE(transform<F>(reference_ntt(F{}), expected, log_n, flags, shift).ok());
    const NttRun run = bench_.run(data, log_n, flags, shift, memory);
    ASSERT_TRUE(run.done) << "2^" << log_n << " x " << batch << " never ended";
    for (std::size_t i = 0; i < data.size(); ++i) {
      ASSERT_TRUE(data[i] == expected[i])
          << "element " << i << " of 2^" << log_n << " x " << batch << ", flags " << flags.word();
    }
  }
  NttBench<F> bench_{random_};
};

TEST_F(NttCore, EverySizeDirectionAndOrder) {
  const unsigned largest = std::getenv("PROOFCARD_LONG") != nullptr ? 16 : 12;
  for (unsigned log_n = 0; log_n <= largest; ++log_n) {
    for (const NttFlags& flags : kAllFlags) {
      check(log_n, 1, flags, F::one(), {});
      if (HasFatalFailure()) {
        return;
      }
    }
  }
}

TEST_F(NttCore, BatchesOnCosetsWithAStallingMemory) {
  for (unsigned log_n = 0; log_n <= 9; ++log_n) {
    for (const std::size_t batch : {2U, 3U, 7U, 33U}) {
      const F shift = random_element(F{}, random_);
      const NttMemory memory{static_cast<unsigned>(1 + random_() % 100), static_cast<unsigned>(random_() % 70)};
      check(log_n, batch, kAllFlags[random_() % std::size(kAllFlags)], shift, memory);
      if (HasFatalFailure()) {
        return;
      }
    }
  }
}

TEST_F(NttCore, ResetEndsAJob) {
  for (const unsigned cycles : {1U, 20U, 40U, 100U, 333U}) {
    bench_.start_and_abandon(6, cycles);
    check(7, 2, {}, F::one(), {});
  }
}

}  // namespace
}  // namespace proofcard::rtl
