// The simulator of proofs by hashes (docs/hash-commitments.md, "Why nothing is shown"): a proof of a false statement, made without a witness by
// whoever chooses the challenges. All up to the equations on pads is what the prover sends for values that are 0 throughout: it is as
// uniform as for any others. The equations, which no pads satisfy, are Ligero's simulator's.
// The key is given, with the tree of its weights: its rows are uniform for as many proofs as it is for.
#include <gtest/gtest.h>

#include "host/argument/whir.hpp"
#include "host/statement/hash_vectors.hpp"
#include "tests/compile/graph_maker.hpp"
#include "tests/support/hash_pipeline.hpp"
#include "tests/zk/ligero_simulator.hpp"
#include "tests/zk/sent.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;

class HashSimulator : public ::testing::Test {
 protected:
  HashSimulator() {
    compile::GraphMaker g(1);
    g.output(g.gemm(g.clamp(g.gemm(g.input({5}), 3, {7}, 9), 0, 127), 6, {1}, 0));
    const compile::CompileOptions options{Visibility::kPrivate, Visibility::kPublic, Visibility::kPrivate, "m", {}};
    model_ =
        hash_model(g.graph(), options, g.random_inputs(), pcs::by_hashes(pcs::whir::kSecurityBits, 2), kZeroKnowledge)
            .value();
    header_ = verify(model_, prove(model_).value()).value();
    // A result that the network does not give.
    IntVector& output = header_.publics[model_.vk.circuit.outputs[0]];
    output.set(0, output[0] == 5 ? 6 : 5);
  }

  Transcript begin(const Transcript::Oracle& oracle = {}) const {
    Transcript out = statement::begin_transcript(model_.vk.circuit, header_);
    if (oracle) {
      out.set_oracle(oracle);
    }
    return out;
  }

  // No value of the assignment but those that everybody knows.
  circuit::Assignment zeros() const {
    circuit::Assignment out = model_.assignment;
    for (std::size_t c = 0; c < out.columns.size(); ++c) {
      if (model_.vk.layout.columns[c].owner != circuit::Column::Owner::kWeights) {
        out.columns[c] = std::make_shared<const IntVector>(out.columns[c]->type(), out.columns[c]->size());
      }
    }
    return out;
  }

  Bytes simulate(std::uint64_t challenges) const {
    // Where the main part ends, and the oracle there.
    std::size_t main_bytes = 0;
    Transcript::Oracle inner = seeded_oracle(challenges);
    Transcript::Oracle there;
    const ProverChannel* sending = nullptr;
    const Transcript::Oracle oracle = [&](std::string_view label, std::size_t n) {
      if (label == "ligero.equations") {
        main_bytes = sending->proof().size();
        there = inner;
      }
      return inner(label, n);
    };
    const hash::BlindingSource blinding = hash::BlindingSource::from_system().value();
    ProverChannel channel(begin(oracle));
    sending = &channel;
    Stages stages;
    EXPECT_TRUE(prover::prove_whir(cpu_backend().hashing(), model_.context.weights.get(), model_.vk, header_, zeros(),
                                   &blinding, channel, begin(seeded_oracle(challenges)), stages)
                    .ok());
    Bytes main = channel.take_proof();
    main.resize(main_bytes);

    VerifierChannel checked(begin(seeded_oracle(challenges)), main);
    const auto pads = argument::check_whir(checked, kernels::cpu_merkle_hash(), model_.vk, header_);
    EXPECT_TRUE(pads.ok()) << pads.error().message();
    const zk::ligero::testing::System equations{std::vector<Fr>(pads->num), checked.constraints(),
                                                statement::bits_of_parts(model_.vk.scheme, true)};
    const zk::ligero::testing::Proof simulated = zk::ligero::testing::simulate(
        equations,
        [&](const hash::Digest& /*root*/) {
          Transcript t("simulated");
          t.set_oracle(there);
          return t;
        },
        challenges + 1);
    std::ranges::copy(simulated.root, main.begin());  // "pads", the first message
    main.insert(main.end(), simulated.bytes.begin(), simulated.bytes.end());
    return main;
  }

  // The verifier, with these challenges or with those of the hash.
  Status check(ByteView messages, const Transcript::Oracle& oracle = {}) const {
    VerifierChannel channel(begin(oracle), messages);
    const kernels::MerkleHash& hash = kernels::cpu_merkle_hash();
    PROOFCARD_TRY(const argument::Pads pads, argument::check_whir(channel, hash, model_.vk, header_));
    PROOFCARD_RETURN_IF_ERROR(zk::ligero::verify(channel, hash, pads.root, pads.num, channel.constraints(),
                                                 statement::bits_of_parts(model_.vk.scheme, true)));
    return channel.expect_end();
  }

  Model model_;
  statement::Header header_;
};

TEST_F(HashSimulator, IsAcceptedWithItsOwnChallengesOnly) {
  const Bytes messages = simulate(7);
  const Status own = check(messages, seeded_oracle(7));
  EXPECT_TRUE(own.ok()) << own.error().message();
  EXPECT_FALSE(check(messages, seeded_oracle(9)).ok());
  EXPECT_FALSE(check(messages).ok());
}

// With the same challenges it is as long as what a prover with a witness sends.
TEST_F(HashSimulator, IsAsLongAsAProof) {
  const hash::BlindingSource blinding = hash::BlindingSource::from_system().value();
  ProverChannel channel(begin(seeded_oracle(7)));
  Stages stages;
  ASSERT_TRUE(prover::prove_whir(cpu_backend().hashing(), model_.context.weights.get(), model_.vk, header_,
                                 model_.assignment, &blinding, channel, begin(seeded_oracle(7)), stages)
                  .ok());
  EXPECT_EQ(channel.proof().size(), simulate(7).size());
}

}  // namespace
}  // namespace proofcard::testing
