#include "host/groth16/verifier.hpp"

#include <array>
#include <vector>

namespace proofcard::groth16 {

using curve::G1Affine;

Verifier::Verifier(VerifyingKey vk) : vk_(std::move(vk)), beta_(vk_.beta2), gamma_(vk_.gamma2), delta_(vk_.delta2) {}

Result<G1Affine> Verifier::sum_of_signals(const kernels::Msm& msm, std::span<const Fr> public_signals) const {
  if (public_signals.size() + 1 != vk_.ic.size()) {
    return rejected("public signals", "expected {}, found {}", vk_.ic.size() - 1, public_signals.size());
  }
  std::vector<Fr> scalars{Fr::one()};
  scalars.insert(scalars.end(), public_signals.begin(), public_signals.end());
  return msm.once(vk_.ic, scalars);
}

Status Verifier::verify(const kernels::Msm& msm, const Proof& proof, std::span<const Fr> public_signals) const {
  if (!proof.a.is_on_curve() || !proof.c.is_on_curve()) {
    return rejected("proof", "{}: expected a point of the curve, found other coordinates",
                    proof.a.is_on_curve() ? "pi_c" : "pi_a");
  }
  if (!proof.b.is_in_group()) {
    return rejected("proof", "pi_b: expected a point of G2, found another");
  }
  PROOFCARD_TRY(const G1Affine input, sum_of_signals(msm, public_signals));
  const curve::PreparedG2 b(proof.b);
  const std::array<curve::PairingInput, 4> pairs{
      curve::PairingInput{-proof.a, &b}, curve::PairingInput{vk_.alpha1, &beta_}, curve::PairingInput{input, &gamma_},
      curve::PairingInput{proof.c, &delta_}};
  if (!curve::pairing_product(pairs).is_one()) {
    return rejected("pairing equation", "does not hold for this proof, these public signals and this key");
  }
  return {};
}

}  // namespace proofcard::groth16
