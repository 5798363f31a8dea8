// Transforms on cards, beyond the contract: which cards have them, their counters, their memory, and cards that fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/device/support.hpp"

namespace proofcard::device {
namespace {

using kernels::NttJob;

template <class F>
std::vector<F> numbers(std::size_t count) {
  std::vector<F> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = F::from_u64(i * i + 3);
  }
  return out;
}

TEST(CardNtt, CardsWithoutSuchUnitsHaveNone) {
  const auto device = open("sw_emu@" + card_directory() + "/msm_g1.sw_emu_u250.xclbin");
  ASSERT_TRUE(device.ok()) << device.error().message();
  EXPECT_EQ((*device)->ntt_fr(), nullptr);
  EXPECT_EQ((*device)->ntt_goldilocks(), nullptr);
}

TEST(CardNtt, CountersAreOfTheJobsThatRan) {
  const auto device = open("sw_emu").value();
  const Counters before = device->ntt_goldilocks()->counters();
  auto data = numbers<Goldilocks>(std::size_t{3} << 13);
  ASSERT_TRUE(device->ntt_goldilocks()->transform(data, {.log_n = 13}).ok());
  const Counters after = device->ntt_goldilocks()->counters();
  EXPECT_EQ(after.jobs, before.jobs + 1);
  EXPECT_EQ(after["loaded_words"] - before["loaded_words"], 2 * data.size() / abi::ntt_gl::kWordElements);
  EXPECT_EQ(after["busy_cycles"] - before["busy_cycles"], 13 * data.size() / 2 / abi::ntt_gl::kWordElements);
  EXPECT_GT(after.kernel_ns, before.kernel_ns);
  EXPECT_EQ(device->ntt_fr()->counters()["loaded_words"], 0U);
}

// Batches are split so that each job fits; a transform that does not fit is refused.
TEST(CardNtt, MemoryOfTheCardBoundsJobs) {
  Options options;
  options.memory_bytes = std::uint64_t{16} << 20;
  const auto opened = open("sw_emu", options);
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  const XrtNtt<Fr>& ntt = *(*opened)->ntt_fr();
  const std::size_t most = ntt.card(0).max_points();
  ASSERT_LT(most, std::size_t{1} << 16);
  auto data = numbers<Fr>(2 * most);
  auto expected = data;
  const NttJob<Fr> half{.log_n = static_cast<unsigned>(std::bit_width(most)) - 2};
  const std::uint64_t jobs = ntt.counters().jobs;
  ASSERT_TRUE(ntt.transform(data, half).ok());
  ASSERT_TRUE(kernels::cpu_ntt_fr().transform(expected, half).ok());
  EXPECT_TRUE(data == expected);
  EXPECT_EQ(ntt.counters().jobs, jobs + 2);
  const Status refused = ntt.transform(data, {.log_n = half.log_n + 2});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kBadInput);
  EXPECT_TRUE(data == expected);
}

TEST(CardNtt, AnotherCardDoesWhatAFailedOneHad) {
  const auto device = open("sw_emu*2").value();
  const auto& ntt = *device->ntt_fr();
  auto data = numbers<Fr>(8U << 10);
  auto expected = data;
  const NttJob<Fr> job{.log_n = 10, .shift = Fr::from_u64(7)};
  ASSERT_TRUE(kernels::cpu_ntt_fr().transform(expected, job).ok());
  ASSERT_TRUE(signal_process(device_process(device->session(0)), SIGKILL));
  ASSERT_TRUE(ntt.transform(data, job).ok());
  EXPECT_TRUE(data == expected);
  ASSERT_TRUE(signal_process(device_process(device->session(1)), SIGKILL));
  const Status failed = ntt.transform(data, job);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kDeviceFault);
  EXPECT_TRUE(data == expected);
}

}  // namespace
}  // namespace proofcard::device
