// No confusion: a proof holds for one model, one statement and one visibility.
#include <gtest/gtest.h>

#include "host/circuit/weight_range.hpp"
#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;

constexpr std::size_t kMagicAndMode = 9;
constexpr std::size_t kDigestEnd = kMagicAndMode + 32;

// shift: a parameter of the model; seed: of its weights.
Model make(const compile::CompileOptions& options, std::uint64_t seed, std::uint32_t shift, std::int64_t first_input,
           const statement::Mode& mode) {
  compile::GraphMaker g(seed);
  g.output(g.clamp(g.gemm(g.input({3}), 2, {1}, shift), -128, 127));
  std::vector<IntVector> inputs{IntVector(IntType::kI8, 3)};
  inputs[0].set(0, first_input);
  inputs[0].set(1, 50);
  auto model = make_model(g.graph(), options, inputs, mode);
  EXPECT_TRUE(model.ok()) << model.error().message();
  return std::move(*model);
}

compile::CompileOptions options(Visibility input, Visibility output, Visibility weights) {
  return {input, output, weights, "m", std::nullopt};
}
const compile::CompileOptions kUsual = options(Visibility::kPrivate, Visibility::kPublic, Visibility::kPrivate);
const compile::CompileOptions kAllPublic = options(Visibility::kPublic, Visibility::kPublic, Visibility::kPublic);

Bytes honest_proof(const Model& model) {
  auto proof = prove(model);
  EXPECT_TRUE(proof.ok());
  const auto control = verify(model, *proof);
  EXPECT_TRUE(control.ok()) << control.error().message();
  return std::move(*proof);
}

std::size_t header_size(const Model& model) {
  std::size_t size = kDigestEnd;
  for (std::uint32_t id = 0; id < model.vk.circuit.tensors.size(); ++id) {
    const circuit::Tensor& t = model.vk.circuit.tensors[id];
    size += model.vk.circuit.is_public(id) ? tensor::num_elements(t.shape) * int_type_bytes(t.type) : 0;
  }
  return size;
}

// The messages of one proof behind the first `n` bytes of another.
Bytes spliced(const Bytes& head, const Bytes& tail, std::size_t n) {
  Bytes out(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(n));
  out.insert(out.end(), tail.begin() + static_cast<std::ptrdiff_t>(n), tail.end());
  return out;
}

class Replay : public ::testing::TestWithParam<statement::Mode> {};

TEST_P(Replay, MessagesOfOneStatementDoNotProveAnother) {
  for (const compile::CompileOptions& o : {kUsual, kAllPublic}) {
    const Model a = make(o, 1, 7, 3, GetParam());
    const Model b = make(o, 1, 7, 100, GetParam());
    ASSERT_EQ(a.vk.digest == b.vk.digest, !GetParam().zero_knowledge || o.weights == Visibility::kPublic);
    const Bytes proof_a = honest_proof(a);
    const Bytes proof_b = honest_proof(b);
    ASSERT_NE(Bytes(proof_a.begin() + kDigestEnd, proof_a.begin() + static_cast<std::ptrdiff_t>(header_size(a))),
              Bytes(proof_b.begin() + kDigestEnd, proof_b.begin() + static_cast<std::ptrdiff_t>(header_size(b))));
    EXPECT_FALSE(verify(a, spliced(proof_b, proof_a, header_size(a))).ok());
    EXPECT_FALSE(verify(b, spliced(proof_b, proof_a, header_size(a))).ok());
    EXPECT_FALSE(verify(a, spliced(proof_a, proof_b, header_size(a))).ok());
  }
}

TEST_P(Replay, AnotherKey) {
  const Model a = make(kUsual, 1, 7, 3, GetParam());
  const std::vector<Model> others = [&] {
    std::vector<Model> out;
    out.push_back(make(kUsual, 2, 7, 3, GetParam()));  // other weights
    out.push_back(make(kUsual, 1, 8, 3, GetParam()));  // another shift
    out.push_back(make(options(Visibility::kPublic, Visibility::kPublic, Visibility::kPrivate), 1, 7, 3, GetParam()));
    out.push_back(make(options(Visibility::kPrivate, Visibility::kPrivate, Visibility::kPrivate), 1, 7, 3, GetParam()));
    out.push_back(
        make(options(Visibility::kCommitted, Visibility::kPublic, Visibility::kPrivate), 1, 7, 3, GetParam()));
    out.push_back(
        make(options(Visibility::kPrivate, Visibility::kPublic, Visibility::kCommitted), 1, 7, 3, GetParam()));
    return out;
  }();
  const Bytes proof = honest_proof(a);
  for (const Model& other : others) {
    ASSERT_NE(a.vk.digest, other.vk.digest);
    const auto verdict = verify(other, proof);
    ASSERT_FALSE(verdict.ok());
    EXPECT_EQ(verdict.error().where, "statement");
    // With the digest exchanged, so that the proof claims the other key.
    Bytes claims_other = proof;
    std::copy(other.vk.digest.begin(), other.vk.digest.end(), claims_other.begin() + kMagicAndMode);
    EXPECT_FALSE(verify(other, claims_other).ok());
  }
}

// A proof made with the other mode's machinery does not pass for it.
TEST_P(Replay, AnotherMode) {
  const Model model = make(kUsual, 1, 7, 3, GetParam());
  const Bytes proof = honest_proof(model);
  for (std::uint8_t mode = 0; mode < 4; ++mode) {
    if (mode != GetParam().byte()) {
      Bytes changed = proof;
      changed[kMagicAndMode - 1] = mode;
      EXPECT_FALSE(verify(model, changed).ok());
    }
  }
}

TEST(Replay, ModesAreRefusedUnlessAllowed) {
  const auto verdict = [](const Model& model, ByteView proof, bool seeded, bool plain) {
    return verifier::verify(kernels::cpu_msm(), model.context.generators, model.vk, proof, {seeded, plain, {}});
  };
  const Model plain = make(kUsual, 1, 7, 3, kPlain);
  const auto plain_proof = prove(plain);
  EXPECT_TRUE(verdict(plain, *plain_proof, false, true).ok());
  EXPECT_EQ(verdict(plain, *plain_proof, true, false).error().where, "mode");
  const Model hiding = make(kUsual, 1, 7, 3, kZeroKnowledge);
  const auto hiding_proof = prove(hiding);
  EXPECT_TRUE(verdict(hiding, *hiding_proof, false, false).ok());
  const auto seeded_proof = prove(hiding, {}, 5);
  EXPECT_TRUE(verdict(hiding, *seeded_proof, true, false).ok());
  EXPECT_EQ(verdict(hiding, *seeded_proof, false, true).error().where, "mode");
}

// The weight range proof belongs to one set of commitments.
TEST(Replay, WeightRangeProofOfOtherWeights) {
  const auto range_model = [](const Model& model) {
    Model out;
    out.mode = model.mode;
    const circuit::Layout& from = model.vk.layout;
    circuit::Circuit circuit = circuit::weight_range_circuit(model.vk.circuit);
    const circuit::Layout layout = circuit::weight_range_layout(circuit, from);
    std::vector<std::vector<curve::G1Affine>> rows(layout.columns.size());
    out.weights.resize(layout.columns.size());
    for (std::size_t c = 0; c < layout.columns.size() && layout.columns[c].owner == circuit::Column::Owner::kWeights;
         ++c) {
      rows[c] = model.vk.weight_rows[c];
      out.weights[c] = model.weights[c];
    }
    out.vk = statement::make_verifying_key(std::move(circuit), std::move(rows));
    out.vk.layout = layout;
    out.context = *prover::make_context(kernels::cpu_msm(), layout);
    out.assignment = *compile::assign_weight_range(out.vk.circuit, layout, out.weights);
    return out;
  };
  const Model a = range_model(make(kUsual, 1, 7, 3, kPlain));
  const Model b = range_model(make(kUsual, 2, 7, 3, kPlain));
  const Bytes proof = honest_proof(a);
  EXPECT_FALSE(verify(b, proof).ok());
  Bytes claims_b = proof;
  std::copy(b.vk.digest.begin(), b.vk.digest.end(), claims_b.begin() + kMagicAndMode);
  EXPECT_FALSE(verify(b, claims_b).ok());
}

INSTANTIATE_TEST_SUITE_P(Modes, Replay, ::testing::Values(kPlain, kZeroKnowledge), [](const auto& param_info) {
  return param_info.param.zero_knowledge ? "ZeroKnowledge" : "Plain";
});

}  // namespace
}  // namespace proofcard::testing
