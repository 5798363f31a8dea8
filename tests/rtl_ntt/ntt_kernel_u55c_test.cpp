// The NTT kernels in configuration u55c, the multipliers' bodies DPI-C, over channels that answer like HBM: results,
// and how busy butterflies are from start to done, by the completion record.
#include <gmock/gmock.h>

#include "host/device/abi/abi_ntt_fr.hpp"
#include "host/device/abi/abi_ntt_gl.hpp"
#include "host/kernels/ntt.hpp"
#include "rtl/model/ntt_model.hpp"
#include "tests/rtl_ntt/ntt_kernel_bench.hpp"
#include "tests/rtl_ntt/ntt_orders.hpp"

namespace proofcard::rtl {
namespace {

#ifdef NTT_TEST_FR
namespace abi = device::abi::ntt_fr;
using F = Fr;
const kernels::NttFr& cpu() { return kernels::cpu_ntt_fr(); }
F pick(std::mt19937_64& random) { return Fr::from_u256_reduced({random(), random(), random(), random()}); }
constexpr unsigned kLogOne = 14;  // the least single transform that must keep butterflies busy
constexpr unsigned kLogBatch = 14;
constexpr unsigned kLongSizes[] = {16, 18, 20};
#else
namespace abi = device::abi::ntt_gl;
using F = Goldilocks;
const kernels::NttGoldilocks& cpu() { return kernels::cpu_ntt_goldilocks(); }
F pick(std::mt19937_64& random) { return Goldilocks::from_u64(random()); }
constexpr unsigned kLogOne = 20;
constexpr unsigned kLogBatch = 16;
constexpr unsigned kLongSizes[] = {21, 22, 24};
#endif
constexpr std::size_t kChannels = abi::kNumChannels;
constexpr std::size_t kBeatBytes = abi::kBeatBytes;
class NttKernelU55c : public SeededTest {
 protected:
  static bool is_long() { return std::getenv("PROOFCARD_LONG") != nullptr; }
  // Bytes of all points, at most.
  static std::uint64_t largest() { return std::uint64_t{1} << (is_long() ? 27 : 24); }
  static std::uint64_t twiddles_at() { return 3 * largest(); }
  static std::uint64_t status_at() { return twiddles_at() + (1 << 22); }

  // Buffer 0: in, 1: out, 2: scratch.
  static std::uint64_t share(std::size_t buffer, std::size_t channel) {
    return buffer * largest() + channel * (largest() / kChannels);
  }
  std::uint8_t* place(std::size_t element, std::size_t buffer) {
    const std::size_t byte = element * sizeof(F), beat = byte / kBeatBytes;
    return &bench_.memory()[share(buffer, beat % kChannels) + beat / kChannels * kBeatBytes + byte % kBeatBytes];
  }
  void pointer(std::uint32_t offset, std::uint64_t value) {
    bench_.write(offset, static_cast<std::uint32_t>(value));
    bench_.write(offset + 4, static_cast<std::uint32_t>(value >> 32));
  }

  // Butterfly results used, of all that the butterflies could have made from start to done.
  double busy(unsigned log_n, std::size_t batch, const NttFlags& flags) {
    std::vector<F> data(batch << log_n);
    for (std::size_t i = 0; i < data.size(); ++i) {
      data[i] = pick(random_);
      std::memcpy(place(i, 0), static_cast<const void*>(&data[i]), sizeof(F));
    }
    const F shift = pick(random_);
    EXPECT_TRUE(transform<F>(cpu(), data, log_n, flags, shift).ok());
    const std::uint32_t plan = bench_.read(abi::kRegInfoPlan);
    const std::vector<F> twiddles = ntt_twiddles<F>({plan & 0xff, plan >> 8 & 0xff}, log_n, flags.inverse, shift);
    std::memcpy(&bench_.memory()[twiddles_at()], static_cast<const void*>(twiddles.data()),
                twiddles.size() * sizeof(F));
    for (std::uint32_t k = 0; k < kChannels; ++k) {
      pointer(abi::kArgIn0 + 12 * k, share(0, k));
      pointer(abi::kArgOut0 + 12 * k, share(1, k));
      pointer(abi::kArgScratch0 + 12 * k, share(2, k));
    }
    pointer(abi::kArgTwiddles, twiddles_at());
    pointer(abi::kArgStatus, status_at());
    bench_.write(abi::kArgLogN, log_n);
    bench_.write(abi::kArgBatch, static_cast<std::uint32_t>(batch));
    bench_.write(abi::kArgFlags, flags.word());
    bench_.write(abi::kArgJobId, log_n);
    bench_.write(abi::kRegIer, 1);
    bench_.write(abi::kRegGie, 1);
    const std::uint64_t start = bench_.cycles();
    bench_.write(abi::kRegCtrl, abi::kCtrlStart);
    while (!bench_.interrupted() && bench_.cycles() < start + 8'000'000) {
      bench_.cycle();
    }
    EXPECT_TRUE(bench_.interrupted()) << "the job never ended";
    const std::uint64_t seen = bench_.cycles() - start;
    bench_.write(abi::kRegIsr, 1);
    bench_.write(abi::kRegCtrl, abi::kCtrlContinue);
    abi::CompletionRecord record{};
    std::memcpy(&record, &bench_.memory()[status_at()], sizeof(record));
    EXPECT_EQ(record.error, 0U);
    EXPECT_EQ(record.job_id, log_n);
    EXPECT_LE(record.cycles, seen);
    bool equal = true;
    for (std::size_t i = 0; i < data.size(); ++i) {
      equal = equal && std::memcmp(place(i, 1), static_cast<const void*>(&data[i]), sizeof(F)) == 0;
    }
    EXPECT_TRUE(equal) << "2^" << log_n << " x " << batch;
    const double used = static_cast<double>(batch) * log_n * static_cast<double>(std::size_t{1} << log_n) / 2;
    const auto cycles = static_cast<double>(seen);
    const double result = used / (static_cast<double>(abi::kWordElements) * cycles);
    const double bytes = static_cast<double>((record.loaded_words + record.stored_words) * kChannels * kBeatBytes);
    std::printf("2^%u x %zu %s%s%s: %.0f cycles from start to done, busy %.4f, %.1f bytes a cycle and channel pair\n",
                log_n, batch, flags.inverse ? "inverse" : "forward", flags.bit_reversed ? ", values reversed" : "",
                flags.coefficients_reversed ? ", coefficients reversed" : "", cycles, result,
                bytes / cycles / kChannels);
    return result;
  }

  NttKernelBench bench_{kChannels, static_cast<std::size_t>(status_at()) + 64, random_};
};

TEST_F(NttKernelU55c, ButterfliesAreBusy) {
  // Of HBM through the card's switch, in cycles of 250 MHz.
  bench_.knobs = {.stall_percent = 0, .min_latency = 60, .max_latency = 140};
  EXPECT_GE(busy(kLogBatch, 16, {}), 0.90);
  EXPECT_GE(busy(kLogOne, 1, {.bit_reversed = true}), 0.90);
  EXPECT_GE(busy(kLogOne, 1, {.inverse = true, .coefficients_reversed = true}), 0.90);
}

TEST_F(NttKernelU55c, ButterfliesAreBusyInLargeTransforms) {
  if (!is_long()) {
    GTEST_SKIP() << "one of the long tests: PROOFCARD_LONG=1";
  }
  bench_.knobs = {.stall_percent = 0, .min_latency = 60, .max_latency = 140};
  EXPECT_GE(busy(kLogOne, 1, {}), 0.90);
  EXPECT_GE(busy(kLogOne, 1, {.inverse = true}), 0.90);
  EXPECT_GE(busy(kLogOne, 1, {.coefficients_reversed = true}), 0.90);
  EXPECT_GE(busy(kLogOne, 1, {.bit_reversed = true, .coefficients_reversed = true}), 0.90);
  for (const unsigned log_n : kLongSizes) {
    EXPECT_GE(busy(log_n, 1, {}), 0.90);
  }
}

// Every handshake of every channel is held back in a cycle of fifty: all sixteen are ready in 72 % of the cycles.
TEST_F(NttKernelU55c, ButterfliesAreBusyOverSlowerChannels) {
  bench_.knobs = {.stall_percent = 2, .min_latency = 60, .max_latency = 200};
  EXPECT_GE(busy(kLogOne, 1, {.inverse = true, .bit_reversed = true}), 0.90);
}

TEST_F(NttKernelU55c, SmallTransforms) {
  for (const unsigned log_n : {0U, 1U, 5U, 8U, 11U, 12U, 13U}) {
    busy(log_n, std::size_t{1} << (13 - log_n),
         {.inverse = log_n % 2 == 0, .bit_reversed = log_n % 3 == 0, .coefficients_reversed = log_n % 4 == 1});
  }
}

}  // namespace
}  // namespace proofcard::rtl
