// What a proof about a circuit will cost: its size exactly, time and memory roughly.
//
// Size:   the bytes that the verifier reads, counted by letting it read a proof of nothing (argument/check.hpp does not
//         look at values while messages are hidden); BlindFold's part follows from the constraints that this collects
//         (zk/blindfold.hpp). Of a zero-knowledge proof, the default.
// Time:   linear in lookup leaves, committed values and rows; the factors are fitted to measured proofs
//         (docs/benchmarks/README.md, "The estimate"), and scaled by how fast this machine folds a table of field
//         elements now.
// Memory: what the process holds at most, with the same kind of factors.
#pragma once

#include <cstdint>

#include "host/circuit/circuit.hpp"
#include "host/graph/graph.hpp"
#include "host/graph/quantize/accuracy/target.hpp"

namespace proofcard::tools {

struct Cost {
  std::uint64_t proof_bytes = 0;
  double prove_seconds = 0;
  std::uint64_t prove_memory_bytes = 0;
};

// Pre: the circuit comes from compile(). Nothing else of its key is needed.
Cost estimate_cost(const circuit::Circuit& circuit);

// The work of a proof alone, in seconds of one thread of the machine that the factors were fitted on: what plans of one model
// are compared by. `smooth` counts lookups without the padding of all of them together to a power of two.
graph::PlanCost plan_cost(const circuit::Circuit& circuit);
// `smooth` without what every proof costs: of pieces of one model, which add up.
double piece_seconds(const circuit::Circuit& circuit);
// Roughly, of a tensor that one proof commits as its output and another as its input, whose range is proved there again.
double handover_seconds(const graph::Tensor& tensor);

}  // namespace proofcard::tools
