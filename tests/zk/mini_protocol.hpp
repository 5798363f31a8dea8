// A small protocol that uses everything BlindFold deals with: hidden messages of one and several rows, linear
// constraints, single products, a constraint of several products, and the opening of a committed column.
#pragma once

#include <functional>

#include "host/pcs/hyrax/commitment.hpp"
#include "host/zk/blindfold.hpp"
#include "tests/zk/sent.hpp"

namespace proofcard::testing {

class MiniProtocol {
 public:
  // What a cheating prover changes. Hidden values are numbered in the order in which they are sent, those of the
  // opening left out.
  struct Cheat {
    std::optional<std::size_t> hidden_value;
    std::optional<std::size_t> vector_entry;  // of the opening's last vector
    bool vector_blinding = false;
    std::optional<std::size_t> column_blinding;
  };
  static constexpr std::size_t kNumHidden = 44;

  // Rows longer than 256 make the opening fold.
  MiniProtocol(unsigned log_row_len, std::uint64_t witness_seed);

  using Begin = std::function<Transcript()>;
  static Transcript real_transcript() { return Transcript("mini"); }

  Status prove(ProverChannel& channel, Transcript checked_transcript, const Cheat& cheat) const;
  Status prove(ProverChannel& channel, Transcript checked_transcript) const {
    return prove(channel, std::move(checked_transcript), Cheat());
  }
  // The proof, with real challenges.
  Bytes prove(const BlindingTable& blinding, const Cheat& cheat) const;
  Bytes prove(const BlindingTable& blinding) const { return prove(blinding, Cheat()); }
  Result<pcs::hyrax::VectorEquation> check(VerifierChannel& channel) const;
  Status verify(ByteView proof, Transcript transcript) const;

  const pcs::hyrax::Generators& generators() const { return generators_; }

 private:
  unsigned log_row_len_;
  pcs::hyrax::Generators generators_;
  std::shared_ptr<const kernels::MsmBases> bases_;
  IntVector column_;
  std::vector<Fr> a_;
};

}  // namespace proofcard::testing
