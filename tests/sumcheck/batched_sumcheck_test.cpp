// Batched sumcheck: completeness over mixed sizes, and rejection of every changed message and claim.
#include <gtest/gtest.h>

#include "host/poly/multilinear.hpp"
#include "host/sumcheck/prover.hpp"
#include "host/sumcheck/verifier.hpp"
#include "tests/support/channels.hpp"
#include "tests/support/frozen.hpp"
#include "tests/support/random.hpp"

namespace proofcard::sumcheck {
namespace {

using testing::Random;

struct Case {
  std::vector<Instance> instances;
  std::vector<Fr> sums;
};

Case make_case(Random& random, const std::vector<unsigned>& sizes) {
  Case c;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::size_t n = std::size_t{1} << sizes[i];
    Instance instance{i % 2 == 0 ? random.frs(n) : std::vector<Fr>{}, random.frs(n), random.frs(n)};
    Fr sum;
    for (std::size_t x = 0; x < n; ++x) {
      sum += (instance.e.empty() ? Fr::one() : instance.e[x]) * instance.a[x] * instance.b[x];
    }
    c.instances.push_back(std::move(instance));
    c.sums.push_back(sum);
  }
  return c;
}

// Checks a proof whose final values the verifier can compute itself from the tables.
Status check(const Case& c, ByteView proof, Transcript transcript = Transcript("test")) {
  VerifierChannel channel(std::move(transcript), proof);
  std::vector<Claim> claims;
  for (std::size_t i = 0; i < c.instances.size(); ++i) {
    claims.push_back({c.instances[i].num_vars(), c.sums[i]});
  }
  PROOFCARD_TRY(const Reduction reduction, verify_batched(channel, claims));
  const auto at = [](const std::vector<Fr>& table, std::span<const Fr> point) {
    Fr sum;
    for (std::size_t x = 0; x < table.size(); ++x) {
      sum += table[x] * poly::eq_index(point, x);
    }
    return sum;
  };
  Value equation = reduction.final_claim * -Fr::one();
  for (std::size_t i = 0; i < c.instances.size(); ++i) {
    const auto point = reduction.point(c.instances[i].num_vars());
    const Fr e = c.instances[i].e.empty() ? Fr::one() : at(c.instances[i].e, point);
    equation += Value(reduction.batch[i] * e * at(c.instances[i].a, point) * at(c.instances[i].b, point));
  }
  return channel.require_zero(equation, "final");
}

TEST(BatchedSumcheck, AcceptsTrueSumsOfMixedSizes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<unsigned> sizes;
    for (std::int64_t i = random.in_range(0, 6); i > 0; --i) {
      sizes.push_back(static_cast<unsigned>(random.in_range(0, 7)));
    }
    const Case c = make_case(random, sizes);
    ProverChannel prover = testing::prover_channel();
    std::vector<Instance> instances = c.instances;
    prove_batched(prover, instances);
    const Bytes proof = prover.take_proof();
    EXPECT_TRUE(check(c, proof).ok());
  }
}

TEST(BatchedSumcheck, RejectsEveryChangedMessageAndSum) {
  Random random(7);
  Case c = make_case(random, {4, 2, 0, 4});
  ProverChannel prover = testing::prover_channel();
  std::vector<Instance> instances = c.instances;
  prove_batched(prover, instances);
  const Bytes proof = prover.take_proof();
  ASSERT_TRUE(check(c, proof).ok());
  for (std::size_t i = 0; i < proof.size() / Fr::kBytes; ++i) {
    EXPECT_FALSE(check(c, testing::with_element_changed(proof, i)).ok()) << "element " << i;
  }
  for (Fr& sum : c.sums) {
    sum += Fr::one();
    EXPECT_FALSE(check(c, proof).ok());
    sum -= Fr::one();
  }
  EXPECT_FALSE(check(c, ByteView(proof).first(proof.size() - 1)).ok());
}

// Two false sums whose errors cancel: weights that are known, here equal ones, would let them pass.
TEST(BatchedSumcheck, ErrorsDoNotCancelUnlessTheWeightsAreKnown) {
  Random random(9);
  for (const std::vector<unsigned>& sizes : {std::vector<unsigned>{3, 3}, {4, 2}, {0, 0}}) {
    Case c = make_case(random, sizes);
    const auto verdict = [&](const testing::Frozen& batch) {
      ProverChannel prover(testing::frozen_transcript(batch));
      std::vector<Instance> instances = c.instances;
      prove_batched(prover, instances);
      const Bytes proof = prover.take_proof();
      return check(c, proof, testing::frozen_transcript(batch)).ok();
    };
    const testing::Frozen known{"sumcheck.batch", Fr::one()};
    const testing::Frozen drawn{"sumcheck.batch", std::nullopt};
    ASSERT_TRUE(verdict(known));
    ASSERT_TRUE(verdict(drawn));
    c.sums[0] += Fr::one();
    if (sizes[0] != sizes[1]) {
      // The larger sum's error has been scaled by the rounds before the smaller one joins.
      Transcript challenges = testing::frozen_transcript(known);
      challenges.challenges("sumcheck.batch", 2);
      Fr error = Fr::one();
      for (unsigned round = sizes[1]; round < sizes[0]; ++round) {
        const Fr r = challenges.challenge("sumcheck.round");
        error *= (r.square() + r) * Fr::from_u64(2).inverse();
      }
      c.sums[1] -= error;
    } else {
      c.sums[1] -= Fr::one();
    }
    EXPECT_TRUE(verdict(known));
    EXPECT_FALSE(verdict(drawn));
  }
}

}  // namespace
}  // namespace proofcard::sumcheck
