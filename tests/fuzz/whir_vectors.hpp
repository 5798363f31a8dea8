// The vectors that fuzz_whir opens, and claims about them.
#pragma once

#include "host/pcs/whir/prover.hpp"
#include "host/pcs/whir/verifier.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::testing {

struct WhirVectors {
  IntVector values{IntType::kI8, 256};
  pcs::whir::Committed committed;
  std::vector<pcs::Claim<Fr>> claims;

  static pcs::whir::Kernels kernels() {
    return {kernels::cpu_ntt_fr(), kernels::cpu_int_gemm(), kernels::cpu_merkle_hash()};
  }

  WhirVectors() {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values.set(i, static_cast<std::int64_t>(i * i % 256) - 128);
    }
    committed = pcs::whir::commit(kernels(), values.view()).value();
    poly::Point point;
    for (std::uint64_t i = 0; i < 8; ++i) {
      point.push_back(Fr::from_u64(3 * i + 2));
    }
    claims.push_back({0, 0, point, poly::evaluate(values.view(), point)});
    claims.push_back({0, 5, {}, Fr::from_i64(values[5])});
  }
};

}  // namespace proofcard::testing
