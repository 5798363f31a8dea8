// The simulator of the zero-knowledge argument (docs/protocol.md): makes transcripts from the statement alone, given
// the power to choose the challenges before the messages.
#pragma once

#include <functional>

#include "host/kernels/msm.hpp"
#include "host/pcs/hyrax/commitment.hpp"
#include "host/pcs/hyrax/opening.hpp"
#include "host/zk/r1cs.hpp"
#include "tests/zk/sent.hpp"

namespace proofcard::testing {

// What all field elements in the clear are functions of: the folded witness, and the blindings of what opens it.
struct Folded {
  std::vector<Fr> z;  // both halves; 0 where a hidden row has no value
  Fr u;
  std::vector<Fr> row_blindings;
  Fr vector_blinding;
  std::vector<Fr> error_blindings;  // of rows of E* = A z B z - u C z
};

// E*, in whole rows of kHiddenRowLen.
std::vector<Fr> folded_error(const zk::R1cs& r1cs, const Folded& folded);

// Sends what follows the challenge "zk.fold", from the definitions in host/zk/blindfold.hpp.
void send_folded(ProverChannel& channel, const zk::R1cs& r1cs, const Folded& folded, std::size_t vector_size);

// The protocol that is simulated: its statement's transcript, and the verifier's checks up to the last vector's
// equation.
struct Protocol {
  std::function<Transcript()> begin;
  std::function<Result<pcs::hyrax::VectorEquation>(VerifierChannel&)> check;
  std::span<const curve::G1Affine> generators;
};

// What anyone learns of the folded instance from the statement: by running the checks on random points.
struct Instance {
  struct Event {
    bool is_challenge = false;
    std::string label;
    std::size_t count = 0;
  };
  std::vector<Event> events;          // of the checks
  std::vector<curve::G1Affine> rows;  // commitments of hidden rows, auxiliary ones excepted
  std::vector<std::uint32_t> counts;  // values in each hidden row, auxiliary ones included
  std::size_t num_auxiliary = 0;
  zk::R1cs r1cs;
  pcs::hyrax::VectorEquation equation;
};

// points: multiples of H, as many as the checks read or more.
Instance find_instance(const Protocol& protocol, std::uint64_t challenge_seed, std::span<const curve::G1Affine> points);
std::vector<curve::G1Affine> random_points(std::uint64_t seed);

// A uniformly random folded witness of this instance.
Folded random_folded(const Instance& instance, const Fr& u, std::uint64_t seed);

struct Simulated {
  Bytes messages;
  std::vector<Sent> sent;
};

// Challenges are those of seeded_oracle(challenge_seed).
Simulated simulate(const Protocol& protocol, std::uint64_t challenge_seed, std::uint64_t seed);

}  // namespace proofcard::testing
