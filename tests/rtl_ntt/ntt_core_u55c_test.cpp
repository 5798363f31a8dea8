// pc_ntt_core in configuration u55c, the multipliers' bodies DPI-C: results, and how busy butterflies are.
#include <gmock/gmock.h>

#include <type_traits>

#include "tests/rtl_ntt/ntt_bench.hpp"

namespace proofcard::rtl {
namespace {

using F = TestedField;
// The least single transform, and the size of the batch, that must keep butterflies busy.
constexpr bool kFr = std::is_same_v<F, Fr>;
constexpr unsigned kLogOne = kFr ? 14 : 20;
constexpr unsigned kLogBatch = kFr ? 14 : 16;
constexpr std::size_t kBatch = 16;
// Of an access to HBM through the card's switch, at 250 MHz.
constexpr NttMemory kHbm{100, 0};

class NttCoreU55c : public SeededTest {
 protected:
  // Butterfly results used, of all that the butterflies could have made from start to DONE.
  double busy(unsigned log_n, std::size_t batch, bool inverse, bool bit_reversed) {
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
    job.shift = random_element(F{}, random_);
    EXPECT_TRUE(cpu_ntt(F{}).transform(expected, job).ok());
    const NttRun run = bench_.run(data, log_n, inverse, bit_reversed, job.shift, kHbm);
    EXPECT_TRUE(run.done);
    EXPECT_TRUE(data == expected) << "2^" << log_n << " x " << batch;
    const double used =
        static_cast<double>(batch) * static_cast<double>(log_n) * static_cast<double>(std::size_t{1} << log_n) / 2;
    const double share = used / (static_cast<double>(bench_.lanes()) * static_cast<double>(run.cycles));
    std::printf("2^%u x %zu %s: %llu cycles, busy %.4f\n", log_n, batch, inverse ? "inverse" : "forward",
                static_cast<unsigned long long>(run.cycles), share);
    RecordProperty("busy_2^" + std::to_string(log_n), std::to_string(share));
    return share;
  }
  NttBench<F> bench_{random_};
};

TEST_F(NttCoreU55c, BatchesKeepButterfliesBusy) { EXPECT_GE(busy(kLogBatch, kBatch, false, false), 0.90); }

TEST_F(NttCoreU55c, SingleTransformsKeepButterfliesBusy) {
  EXPECT_GE(busy(kLogOne, 1, false, true), 0.90);
  const unsigned largest = std::getenv("PROOFCARD_TEST_LONG") != nullptr ? kLogOne + 4 : kLogOne + 1;
  for (unsigned log_n = kLogOne + 1; log_n <= largest; ++log_n) {
    EXPECT_GE(busy(log_n, 1, log_n % 2 == 1, log_n % 4 < 2), 0.90);
  }
}

TEST_F(NttCoreU55c, SmallTransforms) {
  for (const unsigned log_n : {1U, 5U, 8U, 11U, 12U, 13U}) {
    busy(log_n, std::size_t{1} << (13 - log_n), log_n % 2 == 0, log_n % 3 == 0);
  }
}

}  // namespace
}  // namespace proofcard::rtl
