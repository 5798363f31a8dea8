// Every absorbed value, its label, its kind and its order change every later challenge.
#include "host/transcript/transcript.hpp"

#include <gtest/gtest.h>

#include "tests/support/random.hpp"

namespace proofcard {
namespace {

Fr challenge_after(const std::function<void(Transcript&)>& absorbs, std::string_view protocol = "test") {
  Transcript t(protocol);
  absorbs(t);
  return t.challenge("c");
}

TEST(Transcript, IsDeterministic) {
  const auto absorbs = [](Transcript& t) { t.absorb_u64("x", 5); };
  EXPECT_EQ(challenge_after(absorbs), challenge_after(absorbs));
}

TEST(Transcript, EveryDifferenceChangesTheChallenge) {
  const Fr one = Fr::one();
  const std::vector<Fr> two(2, one);
  const std::vector<std::function<void(Transcript&)>> variants{
      [](Transcript&) {},
      [](Transcript& t) { t.absorb_u64("x", 5); },
      [](Transcript& t) { t.absorb_u64("x", 6); },
      [](Transcript& t) { t.absorb_u64("y", 5); },
      [](Transcript& t) {
        t.absorb_bytes("x", Bytes{5, 0, 0, 0, 0, 0, 0});
      },
      [](Transcript& t) { t.absorb_bytes("x", Bytes{}); },
      [&](Transcript& t) { t.absorb("x", std::span(&one, 1)); },
      [&](Transcript& t) { t.absorb("x", two); },
      [&](Transcript& t) {
        t.absorb("x", std::span(&one, 1));
        t.absorb("x", std::span(&one, 1));
      },
      [&](Transcript& t) { t.absorb_bytes("x", one.to_bytes()); },
      [](Transcript& t) { t.absorb("x", std::vector<curve::G1Affine>{curve::G1Affine::generator()}); },
      [](Transcript& t) { t.absorb("x", std::vector<curve::G1Affine>{-curve::G1Affine::generator()}); },
      [](Transcript& t) { t.challenge("c"); },
      [](Transcript& t) { t.challenge("d"); },
  };
  std::vector<Fr> seen;
  for (const auto& variant : variants) {
    const Fr c = challenge_after(variant);
    for (const Fr& other : seen) {
      EXPECT_FALSE(c == other);
    }
    seen.push_back(c);
  }
  EXPECT_FALSE(challenge_after([](Transcript&) {}, "other protocol") == seen[0]);
}

TEST(Transcript, ChallengesOfOneDrawDiffer) {
  Transcript t("test");
  const std::vector<Fr> c = t.challenges("c", 3);
  EXPECT_FALSE(c[0] == c[1]);
  EXPECT_FALSE(c[1] == c[2]);
}

TEST(Transcript, ObserverSeesNamesAndCounts) {
  Transcript t("test");
  std::vector<std::string> seen;
  t.set_observer([&](std::string_view kind, std::string_view label, std::size_t n) {
    seen.push_back(std::string(kind) + " " + std::string(label) + " " + std::to_string(n));
  });
  t.absorb("v", std::vector<Fr>(3));
  t.challenges("r", 2);
  EXPECT_EQ(seen, (std::vector<std::string>{"absorb v 3", "challenge r 2"}));
}

}  // namespace
}  // namespace proofcard
