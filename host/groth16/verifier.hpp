// Groth16 verifier: e(A, B) = e(alpha, beta) e(sum_i x_i ic[i], gamma) e(C, delta), with x_0 = 1.
//
// Source: Groth 2016, section 3.2; all pairings in one product, with one final exponentiation.
// Pre:    points are on their curves and those of G2 in the group, which json.hpp and zkey.hpp see to; verify() looks
//         at the proof again. Whether the key is worth anything: key_check.hpp.
// Errors: kRejected, with the reason.
#pragma once

#include <span>

#include "host/base/result.hpp"
#include "host/curve/pairing.hpp"
#include "host/groth16/proof.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard::groth16 {

class Verifier {
 public:
  explicit Verifier(VerifyingKey vk);

  Status verify(const kernels::Msm& msm, const Proof& proof, std::span<const Fr> public_signals) const;

  // sum_i x_i ic[i], all that a proof is checked with of the public signals; statement_weakness() looks at it.
  Result<curve::G1Affine> sum_of_signals(const kernels::Msm& msm, std::span<const Fr> public_signals) const;

 private:
  VerifyingKey vk_;
  curve::PreparedG2 beta_;
  curve::PreparedG2 gamma_;
  curve::PreparedG2 delta_;
};

}  // namespace proofcard::groth16
