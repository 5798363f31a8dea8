// GKR for sums of fractions: accepts sums that are 0, rejects others and every changed message.
#include <gtest/gtest.h>

#include <algorithm>

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

// Leaves that are kept. What is known of their numerators is true, or is not asked.
class KeptLeaves final : public LeafSource {
 public:
  explicit KeptLeaves(const Fractions& leaves, bool tells = true) : leaves_(leaves), tells_(tells) {}

  std::size_t size() const override { return leaves_.q.size(); }
  bool all_ones(std::size_t first, std::size_t count) const override {
    const auto p = std::span(leaves_.p).subspan(first, count);
    return tells_ && std::all_of(p.begin(), p.end(), [](const Fr& v) { return v == Fr::one(); });
  }
  bool all_empty(std::size_t first, std::size_t count) const override {
    const auto p = std::span(leaves_.p).subspan(first, count);
    const auto q = std::span(leaves_.q).subspan(first, count);
    return tells_ && std::all_of(p.begin(), p.end(), [](const Fr& v) { return v.is_zero(); }) &&
           std::all_of(q.begin(), q.end(), [](const Fr& v) { return v == Fr::one(); });
  }
  void fill(std::size_t first, std::span<Fr> p, std::span<Fr> q) const override {
    std::copy_n(leaves_.p.begin() + static_cast<std::ptrdiff_t>(first), p.size(), p.begin());
    std::copy_n(leaves_.q.begin() + static_cast<std::ptrdiff_t>(first), q.size(), q.begin());
  }
  FillScaled scaled_denominators(const Fr& scale, const Fr& shift) const override {
    return [this, scale, shift](std::size_t first, std::span<Fr> out) {
      EXPECT_TRUE(all_ones(first, out.size()));
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = leaves_.q[first + i] * scale + shift;
      }
    };
  }

 private:
  const Fractions& leaves_;
  bool tells_;
};

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
    prove_fraction_sum(prover, KeptLeaves(leaves));
    const Bytes proof = prover.take_proof();
    EXPECT_TRUE(check(leaves, log_size, proof).ok());
  }
}

TEST(FractionSum, MessagesHaveTheSizesThatAreKnownBefore) {
  Random random(90);
  const hash::BlindingSource blinding = hash::BlindingSource::from_seed(1, {});
  for (unsigned log_size = 0; log_size <= 7; ++log_size) {
    const Fractions leaves = fractions(random, log_size, Fr::zero());
    ProverChannel prover(Transcript("test"), &blinding);
    prove_fraction_sum(prover, KeptLeaves(leaves));
    EXPECT_EQ(prover.hidden().counts, message_sizes(log_size)) << log_size;
  }
}

// Proofs of leaves of which something is known are those of the same leaves when nothing is.
TEST(FractionSum, WhatIsKnownChangesNoMessage) {
  const auto proof_of = [](const Fractions& leaves, bool tells, Transcript transcript) {
    ProverChannel prover(std::move(transcript));
    prove_fraction_sum(prover, KeptLeaves(leaves, tells));
    return prover.take_proof();
  };
  for (const unsigned log_size : {1U, 2U, 3U, 10U, 11U, 12U, 14U}) {
    const std::size_t n = std::size_t{1} << log_size;
    Random random(200 + log_size);
    // Ones up to here: everywhere; whole pieces of both halves; less than a piece; all but the end of the upper half.
    for (const std::size_t ones : {n, n / 2 + n / 4, n / 2 + n / 8 + 1, n / 2 + 3, n - 1, std::size_t{3}}) {
      SCOPED_TRACE(std::to_string(log_size) + ": " + std::to_string(ones));
      Fractions leaves = fractions(random, log_size, Fr::zero());
      std::fill_n(leaves.p.begin(), std::min(ones, n), Fr::one());
      if (ones % 2 != 0 || log_size % 2 == 0) {  // the end of half of them is empty, up to whole quarters
        const std::size_t empty = n > 4 ? n / 4 + n / 8 + 1 : 0;
        std::fill(leaves.p.end() - static_cast<std::ptrdiff_t>(empty), leaves.p.end(), Fr::zero());
        std::fill(leaves.q.end() - static_cast<std::ptrdiff_t>(empty), leaves.q.end(), Fr::one());
      }
      const auto drawn = [] { return Transcript("test"); };
      EXPECT_EQ(proof_of(leaves, true, drawn()), proof_of(leaves, false, drawn()));
      const auto no_lambda = [] { return testing::frozen_transcript({"gkr.lambda", Fr::zero()}); };
      EXPECT_EQ(proof_of(leaves, true, no_lambda()), proof_of(leaves, false, no_lambda()));
    }
  }
}

// Whatever is kept of the tree, and whatever is made again from the leaves.
TEST(FractionSum, NoPlanChangesAMessage) {
  for (const unsigned log_size : {0U, 1U, 2U, 3U, 5U, 10U, 12U, 14U}) {
    const std::size_t n = std::size_t{1} << log_size;
    Random random(300 + log_size);
    const Fractions drawn{random.frs(n), random.frs(n)};  // of any sum
    for (const std::size_t ones : {std::size_t{0}, n, n / 2 + n / 4, n / 2 + n / 8 + 1, n / 4}) {
      for (const bool has_empty : {false, true}) {
        Fractions leaves = drawn;
        std::fill_n(leaves.p.begin(), ones, Fr::one());
        if (has_empty && n >= 4) {
          std::fill_n(leaves.p.rbegin(), n / 4 + n / 8 + 1, Fr::zero());
          std::fill_n(leaves.q.rbegin(), n / 4 + n / 8 + 1, Fr::one());
        }
        const auto proof_of = [&](unsigned first_kept, bool tells, const testing::Frozen& lambda) {
          ProverChannel prover(testing::frozen_transcript(lambda));
          prove_fraction_sum(prover, KeptLeaves(leaves, tells), TreePlan{first_kept});
          return prover.take_proof();
        };
        for (const testing::Frozen& lambda :
             {testing::Frozen{"gkr.lambda", std::nullopt}, testing::Frozen{"gkr.lambda", Fr::zero()}}) {
          const Bytes expected = proof_of(1, false, lambda);
          for (unsigned first_kept = 1; first_kept <= kMaxFirstKept; ++first_kept) {
            SCOPED_TRACE(::testing::Message() << log_size << ' ' << ones << ' ' << has_empty << ' ' << first_kept);
            EXPECT_EQ(proof_of(first_kept, true, lambda), expected);
            EXPECT_EQ(proof_of(first_kept, false, lambda), expected);
          }
        }
      }
    }
  }
}

TEST(TreePlan, IsTheFastestThatFits) {
  for (const std::size_t log_size : {0U, 1U, 10U, 24U, 28U}) {
    for (unsigned first_kept = 1; first_kept < kMaxFirstKept; ++first_kept) {
      const std::uint64_t bytes = tree_bytes(log_size, {first_kept});
      EXPECT_GE(bytes, tree_bytes(log_size, {first_kept + 1}));
      EXPECT_LE(plan_tree(log_size, bytes).first_kept, first_kept);
      if (log_size > kMaxFirstKept) {
        EXPECT_EQ(plan_tree(log_size, bytes).first_kept, first_kept);
        EXPECT_EQ(plan_tree(log_size, bytes - 1).first_kept, first_kept + 1);
      }
    }
    EXPECT_EQ(plan_tree(log_size, 1).first_kept, kMaxFirstKept);
  }
  EXPECT_EQ(plan_tree(16).first_kept, 1U);
  EXPECT_EQ(tree_bytes(24, {1}), std::uint64_t{1} << 30);
  EXPECT_LE(tree_bytes(24, plan_tree(24)), std::uint64_t{1} << 28);
  EXPECT_LE(tree_bytes(28, plan_tree(28)), std::uint64_t{1} << 30);
}

// Larger than what is worked on at a time, in runs of both kinds.
TEST(FractionSum, AcceptsManyLeavesWithRunsOfOnes) {
  constexpr unsigned kLogSize = 13;
  Random random(9);
  Fractions leaves = fractions(random, kLogSize, Fr::zero());
  const std::size_t n = leaves.p.size();
  std::fill(leaves.p.begin(), leaves.p.begin() + static_cast<std::ptrdiff_t>(n / 2 + n / 4), Fr::one());
  Fr sum;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    sum += leaves.p[i] * leaves.q[i].inverse();
  }
  leaves.p[n - 1] = -sum * leaves.q[n - 1];
  ProverChannel prover = testing::prover_channel();
  prove_fraction_sum(prover, KeptLeaves(leaves));
  const Bytes proof = prover.take_proof();
  EXPECT_TRUE(check(leaves, kLogSize, proof).ok());
}

TEST(FractionSum, RejectsOtherSums) {
  Random random(5);
  const Fractions leaves = fractions(random, 5, Fr::one());
  ProverChannel prover = testing::prover_channel();
  prove_fraction_sum(prover, KeptLeaves(leaves));
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
  prove_fraction_sum(prover, KeptLeaves(leaves));
  const Bytes proof = prover.take_proof();
  EXPECT_FALSE(check(leaves, 3, proof).ok());
}

TEST(FractionSum, RejectsEveryChangedMessage) {
  Random random(8);
  const Fractions leaves = fractions(random, 4, Fr::zero());
  ProverChannel prover = testing::prover_channel();
  prove_fraction_sum(prover, KeptLeaves(leaves));
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
    prove_fraction_sum(prover, KeptLeaves(leaves));
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
