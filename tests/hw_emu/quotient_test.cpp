// What the chain of a quotient's sum copies and how long its kernels take, beside the same sum composed of transforms
// and sums with the host between them. PROOFCARD_LONG=1: 2^14 points, the numbers of docs/cards.md; else 2^12.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/hw_emu/support.hpp"
#include "tests/support/random.hpp"

namespace proofcard::device {
namespace {

struct Use {
  Traffic traffic;
  std::uint64_t transform_cycles = 0;
  std::uint64_t hadamard_cycles = 0;
  std::uint64_t sum_cycles = 0;
};

Use use_of(const Device& device) {
  const auto cycles = [&](std::string_view kernel) { return device.session().log().counters(kernel)["cycles"]; };
  return {device.session().traffic(), cycles(abi::ntt_fr::kKernelName), cycles(abi::hadamard_fr::kKernelName),
          cycles(abi::kKernelName)};
}

Use operator-(const Use& a, const Use& b) {
  return {{a.traffic.in_bytes - b.traffic.in_bytes, a.traffic.out_bytes - b.traffic.out_bytes},
          a.transform_cycles - b.transform_cycles,
          a.hadamard_cycles - b.hadamard_cycles,
          a.sum_cycles - b.sum_cycles};
}

TEST(HwEmuQuotientTest, AChainCopiesItsVectorsOnce) {
  const unsigned log_n = std::getenv("PROOFCARD_LONG") != nullptr ? 14 : 12;
  const std::size_t n = std::size_t{1} << log_n;
  const Device& device = hw_emu();
  proofcard::testing::Random random(1);
  const std::vector<Fr> values = random.frs(2 * n);
  std::vector<curve::G1> multiples(n);
  curve::G1 multiple;
  for (curve::G1& out : multiples) {
    multiple += curve::G1::generator();
    out = multiple;
  }
  const auto bases = device.msm().load_bases(curve::batch_to_affine(multiples)).value();
  const kernels::ComposedQuotientSum composed(*device.ntt_fr(), device.msm());
  const auto run = [&](const kernels::QuotientSum& quotient, Use& use) {
    curve::G1Affine sum;
    for (int i = 0; i < 2; ++i) {  // the second has the constants of the transforms on the card
      std::vector<Fr> sides = values;
      sides.resize(3 * n);
      const Use before = use_of(device);
      sum = quotient.sum(*bases, sides, log_n).value();
      use = use_of(device) - before;
    }
    return sum;
  };
  Use chain, apart;
  EXPECT_EQ(run(*device.quotient(), chain), run(composed, apart));

  const std::size_t vectors = 3 * n * sizeof(Fr);
  const std::size_t results =
      device.card(0).windows().count(254, device.card(0).windows().prefers_narrow(n)) * abi::kResultBytes;
  EXPECT_EQ(chain.traffic.in_bytes, vectors + 4 * abi::kStatusBytes);
  EXPECT_EQ(chain.traffic.out_bytes, results + 4 * abi::kStatusBytes);
  EXPECT_EQ(apart.traffic.in_bytes, 2 * vectors + n * sizeof(Fr) + 3 * abi::kStatusBytes);
  EXPECT_EQ(apart.traffic.out_bytes, 2 * vectors + results + 3 * abi::kStatusBytes);
  // Three cycles for two elements, and what memory and the pipeline answer after.
  EXPECT_GE(chain.hadamard_cycles, 3 * n / 2);
  EXPECT_LE(chain.hadamard_cycles, 3 * n / 2 * 5 / 4 + 500);
  for (const auto& [name, use] : {std::pair<const char*, const Use&>{"composed", apart}, {"chain", chain}}) {
    fmt::print("| 2^{} {} | {} | {} | {} | {} | {} |\n", log_n, name, use.traffic.in_bytes, use.traffic.out_bytes,
               use.transform_cycles, use.hadamard_cycles, use.sum_cycles);
  }
}

}  // namespace
}  // namespace proofcard::device
