// Models whose commitments are made of hashes, ready to prove.
#pragma once

#include "host/pcs/scheme.hpp"
#include "host/pcs/whir/parameters.hpp"
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
