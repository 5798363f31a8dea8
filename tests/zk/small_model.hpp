// A proof of a small model with private input and weights, for tests of what it shows.
#pragma once

#include "host/argument/hyrax.hpp"
#include "host/zk/blindfold.hpp"
#include "tests/compile/graph_maker.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/zk/simulator.hpp"

namespace proofcard::testing {

class SmallModel {
 public:
  SmallModel() {
    compile::GraphMaker g(1);
    g.output(g.gemm(g.clamp(g.gemm(g.input({3}), 3, {3}, 9), 0, 127), 2, {1}, 0));
    model_ = make_model(g.graph(), {}, g.random_inputs(), kZeroKnowledge).value();
    proof_ = prove(model_).value();
    header_ = verify(model_, proof_).value();
  }

  Protocol protocol() const {
    return {[this] { return statement::begin_transcript(model_.vk.circuit, header_); },
            [this](VerifierChannel& channel) { return argument::check_hyrax(channel, model_.vk, header_); },
            model_.context.generators};
  }
  // The verifier, with the given transcript's challenges.
  Status verify_messages(ByteView messages, Transcript transcript) const {
    VerifierChannel channel(std::move(transcript), messages, true);
    PROOFCARD_TRY(const pcs::hyrax::VectorEquation equation, argument::check_hyrax(channel, model_.vk, header_));
    PROOFCARD_RETURN_IF_ERROR(zk::verify(channel, equation, kernels::cpu_msm(), model_.context.generators));
    return channel.expect_end();
  }
  // A whole proof file.
  Bytes file(ByteView messages) const {
    ByteWriter out;
    statement::write(out, model_.vk.circuit, header_);
    out.raw(messages);
    return out.take();
  }
  // What the real prover sends with these challenges and this blinding.
  std::vector<Sent> transcript(const BlindingTable& blinding, const Transcript::Oracle& oracle) const {
    const auto begin = [&] {
      Transcript t = protocol().begin();
      t.set_oracle(oracle);
      return t;
    };
    const hash::BlindingSource source = blinding.source();
    prover::Blindings blindings = model_.weight_blindings;
    blindings.resize(model_.vk.layout.columns.size());
    blindings = prover::complete_blindings(source, model_.vk.layout, std::move(blindings));
    ProverChannel channel(begin(), &source);
    const SentRecorder recorder(channel);
    Stages stages;
    const Status status = prover::prove_messages(cpu_backend(), model_.context, model_.vk, header_, model_.assignment,
                                                 blindings, channel, begin(), stages);
    PROOFCARD_CHECK(status.ok());
    return recorder.sent();
  }

  const Model& model() const { return model_; }
  const Bytes& proof() const { return proof_; }
  const statement::Header& header() const { return header_; }

 private:
  Model model_;
  Bytes proof_;
  statement::Header header_;
};

}  // namespace proofcard::testing
