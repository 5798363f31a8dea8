// Roots of unity whose order is a power of two.
//
// Source:  g^((p - 1) / 2^log_n) for the smallest generator g that the libraries of these fields use: 5 for Fr (circom,
//          gnark, arkworks) and 7 for Goldilocks (Plonky3), so that transforms agree with theirs element by element.
#pragma once

#include "host/field/fr.hpp"
#include "host/field/goldilocks.hpp"

namespace proofcard {

template <class F>
struct TwoAdic;

template <>
struct TwoAdic<Fr> {
  static constexpr unsigned kLogOrder = 28;
  // 5^((p - 1) / 2^28)
  static constexpr Fr kRoot =
      Fr::from_canonical({0x9bd61b6e725b19f0, 0x402d111e41112ed4, 0x00e0a7eb8ef62abc, 0x2a3c09f0a58a7e85});
};

template <>
struct TwoAdic<Goldilocks> {
  static constexpr unsigned kLogOrder = 32;
  // 7^((p - 1) / 2^32)
  static constexpr Goldilocks kRoot = Goldilocks::from_canonical(1753635133440165772);
};

// A root of order 2^log_n exactly; root_of_unity(k)^2 = root_of_unity(k - 1). Pre: log_n <= TwoAdic<F>::kLogOrder.
template <class F>
constexpr F root_of_unity(unsigned log_n) {
  F root = TwoAdic<F>::kRoot;
  for (unsigned i = log_n; i < TwoAdic<F>::kLogOrder; ++i) {
    root *= root;
  }
  return root;
}

}  // namespace proofcard
