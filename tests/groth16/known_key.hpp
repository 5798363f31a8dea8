// A key of Groth16 whose secrets are known, so that there is a proof for every statement: what contracts and files are tested with, without
// any circuit.
#pragma once

#include <vector>

#include "host/groth16/proof.hpp"
#include "tests/groth16/test_points.hpp"
#include "tests/support/random.hpp"

namespace proofcard::groth16::testing {

struct KnownKey {
  Fr alpha, beta, gamma, delta;
  std::vector<Fr> ic;
  VerifyingKey vk;

  KnownKey(std::size_t num_signals, proofcard::testing::Random& random)
      : alpha(random.fr()), beta(random.fr()), gamma(random.fr()), delta(random.fr()), ic(random.frs(num_signals + 1)) {
    vk.alpha1 = g1({alpha})[0];
    const auto points = g2({beta, gamma, delta});
    vk.beta2 = points[0];
    vk.gamma2 = points[1];
    vk.delta2 = points[2];
    vk.ic = g1(ic);
  }

  Proof prove(const std::vector<Fr>& signals, proofcard::testing::Random& random) const {
    const Fr a = random.fr(), b = random.fr();
    Fr x = ic[0];
    for (std::size_t k = 0; k < signals.size(); ++k) {
      x += signals[k] * ic[k + 1];
    }
    return {g1({a})[0], g2({b})[0], g1({(a * b - alpha * beta - x * gamma) * delta.inverse()})[0]};
  }
};

}  // namespace proofcard::groth16::testing
