// A proof that was made for a context - a nonce, a recipient - serves for no other, whatever is written into it.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {
namespace {

constexpr std::size_t kMode = 8;          // after the magic
constexpr std::size_t kContext = 9 + 32;  // after mode and digest

const Bytes kNonce{0xde, 0xad, 0xbe, 0xef};
const Bytes kOther{0xde, 0xad, 0xbe, 0xee};

class ProofContext : public ::testing::TestWithParam<statement::Mode> {
 protected:
  ProofContext() {
    compile::GraphMaker g(1);
    g.output(g.clamp(g.gemm(g.input({3}), 3, {3}, 9), 0, 127));
    auto model = make_model(g.graph(), {}, g.random_inputs(), GetParam());
    EXPECT_TRUE(model.ok());
    model_.emplace(std::move(*model));
  }

  Bytes proof_for(const Bytes& context) const {
    Stages stages;
    auto proof = prover::prove(cpu_backend(), model_->context, model_->vk, model_->assignment,
                               {model_->mode, std::nullopt, model_->weight_blindings, {}, context}, stages);
    EXPECT_TRUE(proof.ok());
    return std::move(*proof);
  }
  std::string verdict(const Bytes& proof, const Bytes& context) const {
    const auto header =
        verifier::verify(kernels::cpu_msm(), model_->context.generators, model_->vk, proof, {true, true, {}, context});
    if (header.ok()) {
      EXPECT_EQ(header->context, context);
    }
    return header.ok() ? "accepted" : header.error().where;
  }

  std::optional<Model> model_;
};

TEST_P(ProofContext, IsTheOneThatTheVerifierNames) {
  const Bytes bound = proof_for(kNonce);
  EXPECT_EQ(verdict(bound, kNonce), "accepted");
  EXPECT_EQ(verdict(bound, kOther), "context");
  EXPECT_EQ(verdict(bound, {}), "context");
  EXPECT_EQ(verdict(bound, {0xde, 0xad, 0xbe, 0xef, 0}), "context");
  const Bytes unbound = proof_for({});
  EXPECT_EQ(verdict(unbound, {}), "accepted");
  EXPECT_EQ(verdict(unbound, kNonce), "context");
  EXPECT_EQ(unbound.size() + 1 + kNonce.size(), bound.size());
  const Bytes longest(statement::kMaxContextBytes, 7);
  EXPECT_EQ(verdict(proof_for(longest), longest), "accepted");
}

// Every part of the header that says so is changed in the file, and the verifier is told the changed context.
TEST_P(ProofContext, CannotBeExchanged) {
  const Bytes bound = proof_for(kNonce);
  ASSERT_TRUE(std::equal(kNonce.begin(), kNonce.end(), bound.begin() + kContext + 1));
  Bytes exchanged = bound;
  std::copy(kOther.begin(), kOther.end(), exchanged.begin() + kContext + 1);
  EXPECT_EQ(verdict(exchanged, kOther).find("accepted"), std::string::npos);
  EXPECT_NE(verdict(exchanged, kOther), "context");

  Bytes removed = bound;
  removed[kMode] = static_cast<std::uint8_t>(removed[kMode] & ~4);
  removed.erase(removed.begin() + kContext,
                removed.begin() + kContext + 1 + static_cast<std::ptrdiff_t>(kNonce.size()));
  EXPECT_NE(verdict(removed, {}), "accepted");
  EXPECT_NE(verdict(removed, {}), "context");

  Bytes added = proof_for({});
  added[kMode] |= 4;
  added.insert(added.begin() + kContext, {1, 0x55});
  EXPECT_NE(verdict(added, {0x55}), "accepted");
  EXPECT_NE(verdict(added, {0x55}), "context");
}

// The same seed does not give the same blinding for two contexts: messages that answer other challenges would show it.
TEST_P(ProofContext, ChangesASeededBlinding) {
  const auto seeded = [&](const Bytes& context) {
    Stages stages;
    statement::Mode mode = GetParam();
    mode.seeded = true;
    return *prover::prove(cpu_backend(), model_->context, model_->vk, model_->assignment,
                          {mode, 3, model_->weight_blindings, {}, context}, stages);
  };
  const Bytes one = seeded(kNonce);
  EXPECT_EQ(one, seeded(kNonce));
  const Bytes other = seeded(kOther);
  ASSERT_EQ(one.size(), other.size());
  // Commitments to rows come first after the header; without blinding they are the same.
  const std::size_t header = kContext + 1 + kNonce.size() + 3;
  const bool same = std::equal(one.begin() + static_cast<std::ptrdiff_t>(header),
                               one.begin() + static_cast<std::ptrdiff_t>(header + 32),
                               other.begin() + static_cast<std::ptrdiff_t>(header));
  EXPECT_EQ(same, !GetParam().zero_knowledge);
}

INSTANTIATE_TEST_SUITE_P(Modes, ProofContext, ::testing::Values(kPlain, kZeroKnowledge),
                         [](const auto& test) { return test.param.zero_knowledge ? "ZeroKnowledge" : "Plain"; });

}  // namespace
}  // namespace proofcard::testing
