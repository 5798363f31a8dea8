// The circuit of a key beside the verifier that it is recorded from: both accept the same proofs.
#include <gtest/gtest.h>

#include "host/prover/whir_prover.hpp"
#include "host/statement/proof.hpp"
#include "host/wrap/public_words.hpp"
#include "host/wrap/verifier_circuit.hpp"
#include "tests/compile/graph_maker.hpp"
#include "tests/support/hash_pipeline.hpp"
#include "tests/wrap/gadget.hpp"

namespace proofcard::wrap {
namespace {

using circuit::Visibility;
using namespace proofcard::testing;  // NOLINT(google-build-using-namespace): test helpers

constexpr unsigned kFewBits = 20;  // of openings: a small circuit

// seed: of the input; the weights stay the same.
Model mlp(unsigned seed = 1, unsigned bits = kFewBits, Visibility input = Visibility::kPrivate,
          PublicForm form = PublicForm::kWords) {
  pcs::Scheme scheme = pcs::by_hashes(bits, 0, hash::Function::kPoseidon2);
  scheme.publics = form;
  compile::GraphMaker g(1);
  g.output(g.gemm(g.clamp(g.gemm(g.input({5}), 3, {7}, 9), 0, 127), 6, {1}, 0));
  std::vector<IntVector> inputs = g.random_inputs();
  inputs[0].set(0, static_cast<std::int64_t>(seed));
  auto model = hash_model(g.graph(), {input, Visibility::kPublic, Visibility::kPrivate, "m", {}}, inputs, scheme);
  EXPECT_TRUE(model.ok()) << model.error().message();
  return std::move(model).value();
}

Bytes proof_of(const Model& model) {
  const auto proof = prove(model);
  EXPECT_TRUE(proof.ok()) << proof.error().message();
  return *proof;
}

std::string circuit_verdict(const Model& model, ByteView proof) {
  const auto values = verifier_values(model.vk, proof);
  return values.ok() ? "accepted" : values.error().message();
}

// Where the messages begin.
std::size_t header_size(const Model& model, ByteView proof) {
  ByteReader reader(proof);
  EXPECT_TRUE(statement::read_header(reader, model.vk).ok());
  return reader.offset();
}

TEST(VerifierCircuit, HonestProofsSatisfyIt) {
  for (const Visibility input : {Visibility::kPrivate, Visibility::kPublic}) {
    const auto circuit = record_verifier(mlp(1, kFewBits, input).vk);
    ASSERT_TRUE(circuit.ok()) << circuit.error().message();
    for (const unsigned seed : {1U, 2U}) {
      const Model model = mlp(seed, kFewBits, input);
      const Bytes proof = proof_of(model);
      EXPECT_EQ(verdict(model, proof), "accepted");
      const auto values = verifier_values(model.vk, proof);
      ASSERT_TRUE(values.ok()) << values.error().message();
      ASSERT_EQ(values->size(), circuit->system.num_wires);
      EXPECT_EQ(circuit->system.first_violated(*values), std::nullopt);
      // The public wires are the words of the statement.
      ByteReader reader(proof);
      const statement::Header header = statement::read_header(reader, model.vk).value();
      const std::vector<Fr> words =
          signals_of(PublicForm::kWords, pack(model.vk.circuit, PublicForm::kWords, header.publics), Fr());
      EXPECT_EQ(std::vector<Fr>(values->begin() + 1, values->begin() + 1 + circuit->system.num_public), words);
    }
    std::size_t sum = 0;
    for (const Builder::PartCount& part : circuit->parts) {
      sum += part.num_constraints;
    }
    EXPECT_EQ(sum, circuit->system.num_constraints());
  }
}

// The same proofs in a circuit that states their values by a digest, and for a context that is in the challenge alone.
TEST(VerifierCircuit, StatesValuesByADigest) {
  const Model model = mlp(1, kFewBits, Visibility::kPublic, PublicForm::kDigest);
  const auto circuit = record_verifier(model.vk);
  ASSERT_TRUE(circuit.ok()) << circuit.error().message();
  EXPECT_EQ(circuit->system.num_public, 3U);
  const Bytes proof = proof_of(model);
  const Fr context = Fr::from_u64(77);
  const auto values = verifier_values(model.vk, proof, context);
  ASSERT_TRUE(values.ok()) << values.error().message();
  EXPECT_EQ(circuit->system.first_violated(*values), std::nullopt);
  ByteReader reader(proof);
  const statement::Header header = statement::read_header(reader, model.vk).value();
  EXPECT_EQ(std::vector<Fr>(values->begin() + 1, values->begin() + 4),
            signals_of(PublicForm::kDigest, pack(model.vk.circuit, PublicForm::kDigest, header.publics), context));
  EXPECT_TRUE(testing::loose_wires(circuit->system, *values, 1).empty());
  // Another output than the proof's, with its own digest, value and challenge.
  statement::Header other = header;
  const std::uint32_t id = model.vk.circuit.outputs[0];
  other.publics[id].set(0, header.publics[id][0] + (header.publics[id][0] > 0 ? -1 : 1));
  ByteWriter out;
  statement::write(out, model.vk.circuit, other);
  out.raw(ByteView(proof).subspan(reader.offset()));
  EXPECT_NE(circuit_verdict(model, out.bytes()), "accepted");
  // Keys of the two forms are no keys of each other's proofs.
  const Model words = mlp(1, kFewBits, Visibility::kPublic);
  EXPECT_NE(words.vk.digest, model.vk.digest);
  EXPECT_NE(circuit_verdict(words, proof), "accepted");
}

TEST(VerifierCircuit, StatesNothingByADigestWhereNothingIsPublic) {
  compile::GraphMaker g(1);
  g.output(g.gemm(g.input({5}), 3, {7}, 9));
  pcs::Scheme scheme = pcs::by_hashes(kFewBits, 0, hash::Function::kPoseidon2);
  scheme.publics = PublicForm::kDigest;
  const auto model = hash_model(g.graph(), {Visibility::kPrivate, Visibility::kPrivate, Visibility::kPrivate, "m", {}},
                                g.random_inputs(), scheme);
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto refused = record_verifier(model->vk);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message(), "public values by digest: expected 1 to 16384 words of them, found 0");
}

TEST(VerifierCircuit, IsAFunctionOfTheKey) {
  const auto first = record_verifier(mlp(1).vk), again = record_verifier(mlp(2).vk),
             other = record_verifier(mlp(1, 30).vk);
  EXPECT_EQ(first->system, again->system);
  EXPECT_NE(first->system.num_constraints(), other->system.num_constraints());
  compile::GraphMaker g(1);
  g.output(g.gemm(g.input({5}), 3, {7}, 9));
  const auto fast = hash_model(g.graph(), {Visibility::kPrivate, Visibility::kPublic, Visibility::kPrivate, "m", {}},
                               g.random_inputs());
  const auto refused = record_verifier(fast->vk);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message(),
            "verification key: expected one whose proofs are verified in a circuit, found another");
  EXPECT_FALSE(verifier_values(fast->vk, proof_of(*fast)).ok());
  statement::VerifyingKey large = mlp().vk;
  large.weight_vector->root.fill(0xff);
  const auto no_element = record_verifier(large);
  ASSERT_FALSE(no_element.ok());
  EXPECT_EQ(no_element.error().message(),
            "verification key: root of the weights: expected a canonical element, found a larger number");
}

// Every element of the proof, changed alone: what is sent and opened, nonces, last values. Both verifiers reject.
TEST(VerifierCircuit, AgreesOnProofsWithAnyElementChanged) {
  const Model model = mlp();
  const Bytes proof = proof_of(model);
  const std::size_t first = header_size(model, proof);
  std::size_t changed = 0;
  for (std::size_t at = first; at < proof.size(); at += at + 2400 < proof.size() ? 168 : 40) {
    Bytes damaged = proof;
    damaged[at] ^= 1;
    ++changed;
    EXPECT_NE(verdict(model, damaged), "accepted") << at - first;
    EXPECT_NE(circuit_verdict(model, damaged), "accepted") << at - first;
  }
  EXPECT_GT(changed, 100U);
  for (const std::size_t size : {proof.size() - 1, proof.size() - 32, first, first - 1}) {
    EXPECT_NE(circuit_verdict(model, std::span(proof).first(size)), "accepted") << size;
  }
  Bytes longer = proof;
  longer.push_back(0);
  EXPECT_NE(circuit_verdict(model, longer), "accepted");
}

// What a prover sends that lies: the statement of the honest proof, and its own messages.
Bytes proof_of_liar(const Model& model, ByteView honest, Interceptor& liar) {
  ByteReader reader(honest);
  const statement::Header header = statement::read_header(reader, model.vk).value();
  const auto transcript = [&] {
    return statement::begin_transcript(model.vk.circuit, header, {}, hash::Function::kPoseidon2);
  };
  ProverChannel channel(transcript());
  channel.set_interceptor(&liar);
  Stages stages;
  EXPECT_TRUE(prover::prove_whir(cpu_backend().hashing(hash::Function::kPoseidon2), model.context.weights.get(),
                                 model.vk, header, model.assignment, nullptr, channel, transcript(), stages)
                  .ok());
  Bytes proof(honest.begin(), honest.begin() + static_cast<std::ptrdiff_t>(reader.offset()));
  const Bytes messages = channel.take_proof();
  proof.insert(proof.end(), messages.begin(), messages.end());
  return proof;
}

// A prover that lies in one word and goes on consistently: challenges are those of what it sent.
TEST(VerifierCircuit, AgreesOnProversThatLieInOneWord) {
  const Model model = mlp();
  const Bytes honest = proof_of(model);
  std::map<std::string, std::size_t> lies;
  for (std::size_t target = 0;; target += 23) {
    OneWordOff liar(target);
    const Bytes proof = proof_of_liar(model, honest, liar);
    if (liar.label().empty()) {
      EXPECT_EQ(proof, honest);
      break;
    }
    EXPECT_NE(verdict(model, proof), "accepted") << liar.label() << ", word " << target;
    EXPECT_NE(circuit_verdict(model, proof), "accepted") << liar.label() << ", word " << target;
    ++lies[liar.label()];
  }
  for (const char* label : {"gkr.round", "whir.round", "whir.rows", "whir.nodes", "whir.final"}) {
    EXPECT_GT(lies[label], 0U) << label;
  }
}

// A prover that saves itself the work.
TEST(VerifierCircuit, ANonceWithoutWorkIsRejected) {
  class NoWork final : public Interceptor {
   public:
    void nonce(std::string_view /*label*/, std::uint64_t& nonce) override { ++nonce; }
  };
  const Model model = mlp();
  NoWork liar;
  const Bytes proof = proof_of_liar(model, proof_of(model), liar);
  EXPECT_NE(verdict(model, proof).find("nonce"), std::string::npos);
  EXPECT_EQ(circuit_verdict(model, proof), "work: the circuit's constraints do not hold");
}

TEST(VerifierCircuit, AProofIsForItsStatementAlone) {
  const Model model = mlp();
  const Bytes proof = proof_of(model);
  const std::size_t first = header_size(model, proof);
  const ByteView messages = std::span(proof).subspan(first);
  ByteReader reader(proof);
  const statement::Header honest = statement::read_header(reader, model.vk).value();
  const auto with = [&](const statement::Header& header) {
    ByteWriter out;
    statement::write(out, model.vk.circuit, header);
    out.raw(messages);
    return circuit_verdict(model, out.bytes());
  };
  EXPECT_EQ(with(honest), "accepted");
  const auto seeded = prove(model, {}, 5);
  ASSERT_TRUE(seeded.ok());
  EXPECT_NE(circuit_verdict(model, *seeded).find("mode: expected a proof that is not zero-knowledge"),
            std::string::npos);
  statement::Header other = honest;
  other.context = {1};
  EXPECT_NE(with(other), "accepted");
  other = honest;
  other.mode.seeded = true;
  EXPECT_NE(with(other), "accepted");
  for (std::uint32_t id = 0; id < model.vk.circuit.tensors.size(); ++id) {
    if (model.vk.circuit.is_public(id)) {
      other = honest;
      other.publics[id].set(0, honest.publics[id][0] + (honest.publics[id][0] > 0 ? -1 : 1));
      EXPECT_NE(with(other), "accepted");
    }
  }
}

TEST(VerifierCircuit, NoPrivateWireIsLoose) {
  const Model model = mlp();
  const auto circuit = record_verifier(model.vk);
  const auto values = verifier_values(model.vk, proof_of(model));
  ASSERT_TRUE(values.ok());
  EXPECT_TRUE(testing::loose_wires(circuit->system, *values, 1).empty());
}

}  // namespace
}  // namespace proofcard::wrap
