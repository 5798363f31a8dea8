// The chain of a quotient's sum on cards, beyond the contract: what is copied, which cards have it, their memory, and
// cards that fail.
#include <gtest/gtest.h>
#include <signal.h>

#include <cstring>
#include <future>

#include "host/field/two_adic.hpp"
#include "tests/device/support.hpp"
#include "tests/support/random.hpp"

namespace proofcard::device {
namespace {

using curve::G1Affine;

struct Problem {
  unsigned log_n;
  std::vector<Fr> sides;
  std::vector<G1Affine> bases;
  G1Affine expected;
};

// Bases are all the generator: the sum is that of the scalars times it.
Problem make_problem(unsigned log_n) {
  const std::size_t n = std::size_t{1} << log_n;
  proofcard::testing::Random random(log_n);
  Problem out{log_n, random.frs(2 * n), std::vector<G1Affine>(n, G1Affine::generator()), {}};
  out.sides.resize(3 * n);
  std::vector<Fr> values = out.sides;
  EXPECT_TRUE(kernels::odd_values(kernels::cpu_ntt_fr(), values, log_n).ok());
  Fr sum;
  for (std::size_t i = 0; i < n; ++i) {
    sum += values[i];
  }
  out.expected = curve::scalar_mul(curve::G1::generator(), sum).to_affine();
  return out;
}

void expect_sum(const Device& device, const Problem& problem, const kernels::MsmBases& bases) {
  std::vector<Fr> sides = problem.sides;
  const auto found = device.quotient()->sum(bases, sides, problem.log_n);
  ASSERT_TRUE(found.ok()) << found.error().message();
  EXPECT_EQ(*found, problem.expected);
}

// Three vectors go in once; what comes back are the windows of the sum and a record a job.
TEST(CardQuotient, NoVectorReturns) {
  const auto device = open("sw_emu").value();
  const unsigned log_n = 12;  // two passes
  const std::size_t n = std::size_t{1} << log_n;
  const Problem problem = make_problem(log_n);
  const auto bases = device->msm().load_bases(problem.bases).value();
  expect_sum(*device, problem, *bases);  // also brings the constants of the transforms
  const Traffic before = device->session().traffic();
  const auto jobs = [&](std::string_view kernel) { return device->session().log().counters(kernel).jobs; };
  const std::uint64_t transforms = jobs(abi::ntt_fr::kKernelName), products = jobs(abi::hadamard_fr::kKernelName);
  const std::uint64_t sums = jobs(abi::kKernelName);
  const std::uint64_t chains = device->quotient()->card(0).chains();
  expect_sum(*device, problem, *bases);
  const Traffic after = device->session().traffic();

  EXPECT_EQ(device->quotient()->card(0).chains() - chains, 1U);
  EXPECT_EQ(jobs(abi::ntt_fr::kKernelName) - transforms, 2U);
  EXPECT_EQ(jobs(abi::hadamard_fr::kKernelName) - products, 1U);
  EXPECT_EQ(jobs(abi::kKernelName) - sums, 1U);
  constexpr std::size_t kRecords = 4 * abi::kStatusBytes;  // each is cleared on the card first
  const std::size_t windows = device->card(0).windows().count(254) * abi::kResultBytes;
  EXPECT_EQ(after.out_bytes - before.out_bytes, windows + kRecords);
  EXPECT_EQ(after.in_bytes - before.in_bytes, 3 * n * sizeof(Fr) + kRecords);
}

// Long sums are cut where a job's scalars no longer fit; a sum that has no room as a chain is composed on the same
// card.
TEST(CardQuotient, MemoryOfTheCardBoundsChains) {
  Options options;
  options.memory_bytes = std::uint64_t{4} << 20;
  const auto device = open("sw_emu", options).value();
  ASSERT_NE(device->quotient(), nullptr);
  unsigned log_n = 0;
  while (device->quotient()->fits(log_n + 1)) {
    ++log_n;
  }
  ASSERT_LT(log_n, 16U);
  for (const unsigned more : {0U, 1U}) {
    const Problem problem = make_problem(log_n + more);
    const auto bases = device->msm().load_bases(problem.bases).value();
    expect_sum(*device, problem, *bases);
  }
  EXPECT_EQ(device->quotient()->composed(), 1U);
  EXPECT_EQ(device->quotient()->card(0).chains(), 1U);
  EXPECT_GE(device->ntt_fr()->counters().jobs, 2U + 2U);
}

// Scalars of a long sum are made part by part, in either slot; the parts add up.
TEST(CardQuotient, PartsOfTheScalarsAddUp) {
  const Device& device = sw_emu();
  const Problem problem = make_problem(8);
  const std::size_t n = std::size_t{1} << problem.log_n;
  std::vector<Fr> sides = problem.sides;
  prepare_quotient_sides(sides, n);
  const QuotientCard& chain = device.quotient()->card(0);
  const MsmCard& card = device.card(0);
  HostBases bases{std::uint64_t{1} << 62, n, SharedMemory::create(n * sizeof(G1Affine)).value()};
  std::memcpy(bases.memory->bytes().data(), problem.bases.data(), n * sizeof(G1Affine));
  curve::G1 sum;
  {
    const auto values = chain.transform(0, sides, problem.log_n);
    ASSERT_TRUE(values.ok()) << values.error().message();
    const auto fill = [&](const Buffer& scalars, const Lane& lane, const MsmPart& part) {
      return chain.fill(0, *values, problem.log_n, scalars, lane, part);
    };
    std::uint32_t slot = 0;
    for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{0, 64}, {64, 128}, {192, 64}}) {
      const MsmPart part{0, 1, first, count, 0, 0};
      curve::G1 of_part;
      const Status status = card.run_filled(of_part, {0, 0, slot}, bases, card.limits().segment_points, part, fill);
      ASSERT_TRUE(status.ok()) << status.error().message();
      sum += of_part;
      slot = 1 - slot;
    }
  }
  card.drop(bases);
  EXPECT_EQ(sum.to_affine(), problem.expected);
}

TEST(CardQuotient, CardsWithoutSuchUnitsHaveNone) {
  const auto device = open("sw_emu@" + card_directory() + "/msm_g1.sw_emu_u250.xclbin").value();
  EXPECT_EQ(device->quotient(), nullptr);
}

TEST(CardQuotient, AnotherCardDoesWhatAFailedOneHad) {
  const auto device = open("sw_emu*2").value();
  const Problem problem = make_problem(13);
  const auto bases = device->msm().load_bases(problem.bases).value();
  const auto transforms = [&] { return device->session(0).log().counters(abi::ntt_fr::kKernelName).jobs; };
  const std::uint64_t before = transforms();
  auto done = std::async(std::launch::async, [&] { expect_sum(*device, problem, *bases); });
  while (transforms() == before && done.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
  }
  ASSERT_TRUE(signal_process(device_process(device->session(0)), SIGKILL));
  done.get();
  EXPECT_EQ(device->quotient()->moved(), 1U);
  EXPECT_EQ(device->quotient()->card(1).chains(), 1U);
  EXPECT_TRUE(device->session(0).failure().has_value());

  ASSERT_TRUE(signal_process(device_process(device->session(1)), SIGKILL));
  std::vector<Fr> sides = problem.sides;
  const auto failed = device->quotient()->sum(*bases, sides, problem.log_n);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kDeviceFault);
  for (const char* card : {"sw_emu:0", "sw_emu:1"}) {
    EXPECT_NE(failed.error().message().find(card), std::string::npos) << failed.error().message();
  }
}

}  // namespace
}  // namespace proofcard::device
