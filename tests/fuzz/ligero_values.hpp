// The values that fuzz_ligero has an argument about, and their equations.
#pragma once

#include "host/base/check.hpp"
#include "host/zk/ligero/prover.hpp"
#include "host/zk/ligero/verifier.hpp"

namespace proofcard::testing {

struct LigeroValues {
  static constexpr unsigned kSecurityBits = 24;  // few queries, so that proofs are small

  std::vector<Fr> values;
  std::vector<VerifierChannel::Constraint> constraints;
  hash::BlindingSource blinding = hash::BlindingSource::from_seed(1, {});
  zk::ligero::Committed committed;

  static zk::ligero::Kernels kernels() { return {kernels::cpu_ntt_fr(), kernels::cpu_merkle_hash()}; }

  LigeroValues() {
    for (std::uint64_t i = 1; i <= 10; ++i) {
      values.push_back(Fr::from_u64(i * i));
    }
    // The second value is 4; the first times the third is 9.
    constraints.push_back({{}, Value::variable(1) - Value(Fr::from_u64(4)), "linear"});
    constraints.push_back({{{Value::variable(0), Value::variable(2)}}, Value(-Fr::from_u64(9)), "product"});
    committed = zk::ligero::commit(kernels(), values, blinding,
                                   zk::ligero::make_parameters(values.size(), 1, kSecurityBits).value())
                    .value();
  }

  Bytes prove() const {
    ProverChannel channel(Transcript("fuzz"));
    PROOFCARD_CHECK(zk::ligero::prove(channel, kernels(), committed, constraints, blinding).ok());
    return channel.take_proof();
  }
};

}  // namespace proofcard::testing
