// Two cards with RTL kernels share the rows of a call.
#include <gtest/gtest.h>

#include <random>

#include "host/curve/hash_to_curve.hpp"
#include "host/device/device.hpp"

namespace proofcard::device {
namespace {

TEST(HwEmuCardsTest, TwoCardsShareTheWork) {
  const auto opened = open("hw_emu*2");
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  // Enough for a job a card.
  const std::size_t num_rows = 300, row_len = 500;
  const auto bases = curve::derive_generators("hw_emu cards", 0, row_len);
  std::mt19937_64 rng(7);
  std::vector<std::int8_t> scalars(num_rows * row_len);
  for (auto& v : scalars) {
    v = static_cast<std::int8_t>(rng());
  }
  const auto run = [&](const kernels::Msm& msm) {
    const auto loaded = msm.load_bases(bases).value();
    std::vector<curve::G1Affine> out(num_rows);
    EXPECT_TRUE(msm.rows(out, *loaded, IntSpan(std::span<const std::int8_t>(scalars)), row_len).ok());
    return out;
  };
  EXPECT_EQ(run((*opened)->msm()), run(kernels::cpu_msm()));
  for (std::size_t card = 0; card < 2; ++card) {
    EXPECT_GT((*opened)->card(card).counters()["num_digits"], 0U) << "card " << card;
  }
}

}  // namespace
}  // namespace proofcard::device
