// GKR for sums of fractions: accepts sums that are 0, rejects others and every changed message.
#include <gtest/gtest.h>

#include <bit>

#include "host/lookup/gkr_prover.hpp"
#include "host/lookup/gkr_verifier.hpp"
#include "host/poly/multilinear.hpp"
#include "tests/support/channels.hpp"
#include "tests/support/frozen.hpp"
#include "tests/support/random.hpp"

namespace proofcard::lookup {
namespace {

using testing::Random;

struct Fractions {
  std::vector<Fr> p;
  std::vector<Fr> q;
};

FillLeaves filler(const Fractions& leaves) {
  return [&leaves](std::size_t first, std::span<Fr> p, std::span<Fr> q) {
    std::copy_n(leaves.p.begin() + static_cast<std::ptrdiff_t>(first), p.size(), p.begin());
    std::copy_n(leaves.q.begin() + static_cast<std::ptrdiff_t>(first), q.size(), q.begin());
  };
}

// Random fractions, the last one chosen so that they sum to `total`.
Fractions fractions(Random& random, unsigned log_size, const Fr& total) {
  const std::size_t n = std::size_t{1} << log_size;
  Fractions leaves{random.frs(n), random.frs(n)};
  Fr sum = -total;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    sum += leaves.p[i] * leaves.q[i].inverse();
  }
  leaves.p[n - 1] = -sum * leaves.q[n - 1];
  return leaves;
}

Status check(const Fractions& leaves, unsigned log_size, ByteView proof, Transcript transcript = Transcript("test")) {
  VerifierChannel channel(std::move(transcript), proof);
  PROOFCARD_TRY(const LeafClaim claim, verify_fraction_sum(channel, log_size));
  Fr p;
  Fr q;
  for (std::size_t i = 0; i < leaves.p.size(); ++i) {
    const Fr eq = poly::eq_index(claim.point, i);
    p += eq * leaves.p[i];
    q += eq * leaves.q[i];
  }
  PROOFCARD_RETURN_IF_ERROR(channel.require_zero(claim.p - Value(p), "p"));
  return channel.require_zero(claim.q - Value(q), "q");
}

TEST(FractionSum, AcceptsZeroSumsOfAllSizes) {
  for (unsigned log_size = 0; log_size <= 9; ++log_size) {
    SCOPED_TRACE(log_size);
    Random random(100 + log_size);
    const Fractions leaves = fractions(random, log_size, Fr::zero());
    ProverChannel prover = testing::prover_channel();
    prove_fraction_sum(prover, leaves.q.size(), filler(leaves));
    const Bytes proof = prover.take_proof();
    EXPECT_TRUE(check(leaves, log_size, proof).ok());
  }
}

// So many leaves that the tree is built over them piece by piece.
TEST(FractionSum, LargeTreesAreBuiltInPieces) {
  const auto log_size = static_cast<unsigned>(std::countr_zero(kRemakeLeaves));
  // Numerators 1 in the lower half and -1 in the upper one: the extension is 1 - 2 * (top coordinate).
  const FillLeaves fill = [](std::size_t first, std::span<Fr> p, std::span<Fr> q) {
    for (std::size_t i = 0; i < p.size(); ++i) {
      p[i] = first + i < kRemakeLeaves / 2 ? Fr::one() : -Fr::one();
      q[i] = Fr::from_u64(3);
    }
  };
  ProverChannel prover = testing::prover_channel();
  prove_fraction_sum(prover, kRemakeLeaves, fill);
  const Bytes proof = prover.take_proof();
  VerifierChannel channel = testing::verifier_channel(proof);
  const auto claim = verify_fraction_sum(channel, log_size);
  ASSERT_TRUE(claim.ok());
  EXPECT_EQ(claim->q.constant(), Fr::from_u64(3));
  EXPECT_EQ(claim->p.constant(), Fr::one() - claim->point.back().twice());
}

TEST(FractionSum, RejectsOtherSums) {
  Random random(5);
  const Fractions leaves = fractions(random, 5, Fr::one());
  ProverChannel prover = testing::prover_channel();
  prove_fraction_sum(prover, leaves.q.size(), filler(leaves));
  const Bytes proof = prover.take_proof();
  EXPECT_FALSE(check(leaves, 5, proof).ok());
}

TEST(FractionSum, RejectsAZeroDenominator) {
  // 1/0 among the leaves makes both roots 0, which has no inverse.
  Random random(6);
  Fractions leaves = fractions(random, 3, Fr::zero());
  leaves.q[2] = Fr::zero();
  leaves.p[2] = Fr::zero();
  ProverChannel prover = testing::prover_channel();
  prove_fraction_sum(prover, leaves.q.size(), filler(leaves));
  const Bytes proof = prover.take_proof();
  EXPECT_FALSE(check(leaves, 3, proof).ok());
}

TEST(FractionSum, RejectsEveryChangedMessage) {
  Random random(8);
  const Fractions leaves = fractions(random, 4, Fr::zero());
  ProverChannel prover = testing::prover_channel();
  prove_fraction_sum(prover, leaves.q.size(), filler(leaves));
  const Bytes proof = prover.take_proof();
  ASSERT_TRUE(check(leaves, 4, proof).ok());
  for (std::size_t i = 0; i < proof.size() / Fr::kBytes; ++i) {
    EXPECT_FALSE(check(leaves, 4, testing::with_element_changed(proof, i)).ok()) << "element " << i;
  }
}

// Gives the first layer a denominator that makes its false sum of fractions 0, and is honest below.
class WrongDenominator : public Interceptor {
 public:
  void message(std::string_view label, std::span<Fr> values) override {
    if (label == "gkr.children" && !done_) {
      values[2] = -values[0] * values[3] * values[1].inverse();  // p_0 q_1 + p_1 q_0 = 0
      done_ = true;
    }
  }

 private:
  bool done_ = false;
};

TEST(FractionSum, DenominatorsAreCheckedUnlessLambdaIsKnownToBeZero) {
  Random random(10);
  const Fractions leaves = fractions(random, 4, Fr::one());
  const auto verdict = [&](const testing::Frozen& lambda, Interceptor* liar) {
    ProverChannel prover(testing::frozen_transcript(lambda));
    prover.set_interceptor(liar);
    prove_fraction_sum(prover, leaves.q.size(), filler(leaves));
    const Bytes proof = prover.take_proof();
    return check(leaves, 4, proof, testing::frozen_transcript(lambda));
  };
  const testing::Frozen known{"gkr.lambda", Fr::zero()};
  const testing::Frozen drawn{"gkr.lambda", std::nullopt};
  WrongDenominator once;
  EXPECT_TRUE(verdict(known, &once).ok());
  WrongDenominator again;
  EXPECT_FALSE(verdict(drawn, &again).ok());
  EXPECT_EQ(verdict(known, nullptr).error().where, "lookup (layer 0)");
  EXPECT_EQ(verdict(drawn, nullptr).error().where, "lookup (layer 0)");
}

}  // namespace
}  // namespace proofcard::lookup
