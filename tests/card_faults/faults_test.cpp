// Cards that fail as a plan says: every proof is right, or an error that names the card and its fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "host/device/msm/msm_card.hpp"
#include "host/device/msm/xrt_msm.hpp"
#include "host/device/session/fault_plan.hpp"
#include "host/device/session/session.hpp"
#include "tests/card_faults/small_model.hpp"

namespace proofcard::device {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class CardFaults : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(plan_); }

  // A card with these faults. The first job of a unit is that in which it says what it is.
  Result<std::shared_ptr<MsmCard>> open_with(const std::string& plan, const std::string& name) const {
    std::ofstream(plan_, std::ios::trunc) << plan;
    setenv("PROOFCARD_CARD_FAULTS", plan_.c_str(), 1);
    Options options;
    options.job_timeout = std::chrono::seconds(5);
    const auto session = Session::open(parse_cards(name).value().front(), options);
    unsetenv("PROOFCARD_CARD_FAULTS");
    return session.ok() ? MsmCard::create(*session) : Result<std::shared_ptr<MsmCard>>(session.error());
  }
  // Its units are msm_g1_1 and msm_g1_2, those of sw_emu msm_g1_1.
  static std::string card_of_two() { return "sw_emu@" + card_directory() + "/msm_g1.sw_emu_u250.xclbin"; }

  std::string plan_ = ::testing::TempDir() + "/faults." + std::to_string(getpid()) + ".txt";
};

// What the host says of a card with this fault. A bit of an input need not matter.
::testing::Matcher<std::string> cause(CardFault fault) {
  switch (fault) {
    case CardFault::kHang:
    case CardFault::kLostDone:
      return HasSubstr("no answer within 5000 ms");
    case CardFault::kBusError:
      return HasSubstr("read_fault");
    default:
      return HasSubstr("not a point of the curve");
  }
}

// The jobs of a unit that fails are done by another card; the proof has the CPU's bytes.
TEST_F(CardFaults, AnotherCardTakesOver) {
  for (std::size_t kind = 0; kind < kCardFaultNames.size(); ++kind) {
    const std::string name(kCardFaultNames[kind]);
    const auto card = open_with("msm_g1_1 2 " + name + "\n", card_of_two());
    ASSERT_TRUE(card.ok()) << card.error().message();
    const auto other = open_with("", "sw_emu");
    ASSERT_TRUE(other.ok()) << other.error().message();
    const auto proof = prove_on(XrtMsm("two cards", {*card, *other}));
    ASSERT_TRUE(proof.ok()) << name << ": " << proof.error().message();
    EXPECT_EQ(*proof, right_proof()) << name;
    const auto failure = (*card)->session().failure();
    ASSERT_TRUE(failure.has_value() || name == "ecc") << name;
    if (failure.has_value()) {
      EXPECT_THAT(failure->message(), cause(static_cast<CardFault>(kind))) << name;
    }
    EXPECT_FALSE((*other)->session().failure().has_value()) << name;
  }
}

TEST_F(CardFaults, TheOnlyCardFailsWithItsFault) {
  for (std::size_t kind = 0; kind < kCardFaultNames.size(); ++kind) {
    const std::string name(kCardFaultNames[kind]);
    const auto card = open_with("# the first sum\n* 2 " + name + "  # of each unit\n", "sw_emu");
    ASSERT_TRUE(card.ok()) << card.error().message();
    const auto proof = prove_on(XrtMsm("sw_emu", {*card}));
    if (proof.ok() && name == "ecc") {
      EXPECT_EQ(*proof, right_proof());
      continue;
    }
    ASSERT_FALSE(proof.ok()) << name;
    EXPECT_EQ(proof.error().kind, ErrorKind::kDeviceFault);
    EXPECT_THAT(proof.error().message(), HasSubstr("sw_emu"));
    EXPECT_THAT(proof.error().message(), cause(static_cast<CardFault>(kind))) << name;
  }
}

// PROOFCARD_LONG=1 has many more.
TEST_F(CardFaults, RandomPlans) {
  const unsigned seed = std::getenv("PROOFCARD_TEST_SEED") != nullptr
                            ? static_cast<unsigned>(std::strtoul(std::getenv("PROOFCARD_TEST_SEED"), nullptr, 10))
                            : std::random_device()();
  std::printf("PROOFCARD_TEST_SEED=%u\n", seed);
  std::mt19937 engine(seed);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(engine() % n); };
  const int rounds = std::getenv("PROOFCARD_LONG") != nullptr ? 100 : 6;
  int failed = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string plan;
    for (unsigned faults = round == 0 ? 0 : 1 + below(2); faults > 0; --faults) {
      plan += (below(2) == 0 ? "msm_g1_1 " : "msm_g1_2 ") + std::to_string(2 + below(3)) + " " +
              std::string(kCardFaultNames[below(kCardFaultNames.size())]) + "\n";
    }
    const auto card = open_with(plan, card_of_two());
    ASSERT_TRUE(card.ok()) << card.error().message();
    const auto proof = prove_on(XrtMsm("card", {*card}));
    if (proof.ok()) {
      EXPECT_EQ(*proof, right_proof()) << plan;
      continue;
    }
    ++failed;
    EXPECT_EQ(proof.error().kind, ErrorKind::kDeviceFault) << plan;
    EXPECT_THAT(proof.error().message(), AnyOf(HasSubstr("no answer within 5000 ms"), HasSubstr("read_fault"),
                                               HasSubstr("not a point of the curve")))
        << plan;
    EXPECT_NE(plan, "") << proof.error().message();
  }
  std::printf("%d of %d failed\n", failed, rounds);
}

TEST_F(CardFaults, PlansAreRefusedByLine) {
  const auto refuses = [&](const std::string& plan, const std::string& text) {
    const auto opened = open_with(plan, "sw_emu");
    ASSERT_FALSE(opened.ok()) << plan;
    EXPECT_EQ(opened.error().kind, ErrorKind::kBadInput);
    EXPECT_THAT(opened.error().message(), HasSubstr(text));
  };
  for (const std::string line : {"msm_g1_1 1", "msm_g1_1 0 hang", "msm_g1_1 1x hang", "msm_g1_1 -1 hang",
                                 "msm_g1_1 1 hangs", "msm_g1_1 1 hang ecc"}) {
    refuses("# a comment\n\n" + line + "\n", plan_ + ":3: expected UNIT JOB FAULT");
  }
  setenv("PROOFCARD_CARD_FAULTS", "/nonexistent/plan", 1);
  const auto opened = Session::open(parse_cards("sw_emu").value().front(), {});
  unsetenv("PROOFCARD_CARD_FAULTS");
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message(), HasSubstr("/nonexistent/plan"));
}

}  // namespace
}  // namespace proofcard::device
