// Models whose commitments are made of hashes, ready to prove.
#pragma once

#include <gtest/gtest.h>

#include "host/pcs/scheme.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {

// scheme.max_proofs: the weights are hidden. tail_seed: of their tail.
inline Result<Model> hash_model(const graph::Graph& graph, const compile::CompileOptions& options,
                                std::span<const IntVector> inputs,
                                const pcs::Scheme& scheme = pcs::by_hashes(pcs::whir::kSecurityBits),
                                const statement::Mode& mode = kPlain, std::uint8_t tail_seed = 1) {
  PROOFCARD_TRY(Model m, make_model(graph, options, inputs));
  m.mode = mode;
  hash::BlindingKey tail_key{};
  tail_key.fill(tail_seed);
  PROOFCARD_TRY(m.context.weights,
                prover::commit_weight_vector(cpu_backend().hashing(scheme.function), m.vk.layout, scheme, m.weights,
                                             scheme.max_proofs > 0 ? &tail_key : nullptr));
  std::optional<pcs::whir::Commitment> weights;
  if (m.context.weights != nullptr) {
    weights = m.context.weights->committed.commitment;
  }
  m.vk = statement::make_verifying_key(std::move(m.vk.circuit), scheme, weights);
  return m;
}

// "accepted", or why not.
inline std::string verdict(const Model& model, ByteView proof) {
  const auto header = verify(model, proof);
  return header.ok() ? "accepted" : header.error().message();
}

// Inputs and outputs of one visibility, weights of another.
inline compile::CompileOptions sides(circuit::Visibility sides, circuit::Visibility weights) {
  return {sides, sides, weights, "m", {}};
}

// No bit of an accepted proof can be changed (the first so many one by one, then every stride-th), nothing added, nothing left off.
inline void expect_no_bit_to_spare(const Model& model, ByteView proof, std::size_t one_by_one, std::size_t stride) {
  for (std::size_t bit = 0; bit < 8 * proof.size(); bit += bit < one_by_one ? 1 : stride) {
    Bytes changed(proof.begin(), proof.end());
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_NE(verdict(model, changed), "accepted") << "bit " << bit;
  }
  Bytes longer(proof.begin(), proof.end());
  longer.push_back(0);
  EXPECT_NE(verdict(model, longer), "accepted");
  EXPECT_NE(verdict(model, proof.first(proof.size() - 1)), "accepted");
}

// check(model, proof, name, visibility of inputs and outputs, of weights) for every kind of node, weights hidden or all else.
template <typename Check>
void for_each_node_by_hashes(const Check& check) {
  using circuit::Visibility;
  for (const NodeCase& node : node_cases()) {
    for (const auto& [outside, weights] :
         {std::pair{Visibility::kPublic, Visibility::kPrivate}, std::pair{Visibility::kPrivate, Visibility::kPublic}}) {
      SCOPED_TRACE(node.name);
      compile::GraphMaker g(6);
      node.build(g);
      const auto model = hash_model(g.graph(), sides(outside, weights), g.random_inputs());
      ASSERT_TRUE(model.ok()) << model.error().message();
      const auto proof = prove(*model);
      ASSERT_TRUE(proof.ok()) << proof.error().message();
      check(*model, *proof, node.name, outside, weights);
    }
  }
}

// Changes one word of all that is sent and goes on as if it were right. What is hidden is changed before its pad is added.
class OneWordOff final : public Interceptor {
 public:
  explicit OneWordOff(std::size_t target) : target_(target) {}
  void message(std::string_view label, std::span<Fr> values) override {
    for (Fr& v : values) {
      if (hit(label)) {
        v += Fr::one();
      }
    }
  }
  void digests(std::string_view label, std::span<hash::Digest> digests) override {
    for (hash::Digest& d : digests) {
      if (hit(label)) {
        d[5] ^= 1;
      }
    }
  }
  void nonce(std::string_view label, std::uint64_t& nonce) override {
    if (hit(label)) {
      ++nonce;
    }
  }
  const std::string& label() const { return label_; }

 private:
  bool hit(std::string_view label) {
    const bool here = count_++ == target_;
    if (here) {
      label_ = label;
    }
    return here;
  }
  std::size_t target_;
  std::size_t count_ = 0;
  std::string label_;
};

}  // namespace proofcard::testing
