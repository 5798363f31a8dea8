#include "host/groth16/key_check.hpp"

#include <fmt/format.h>

#include <map>

namespace proofcard::groth16 {

std::vector<std::string> key_weaknesses(const VerifyingKey& vk) {
  std::vector<std::string> out;
  if (vk.gamma2 == vk.delta2 || vk.gamma2 == -vk.delta2) {
    out.emplace_back(
        "gamma and delta are the same point: nobody has contributed to the circuit's key (phase 2), so anyone can "
        "forge proofs from the verification key");
  }
  if (vk.alpha1 == curve::G1Affine::generator() || vk.beta2 == curve::G2Affine::generator()) {
    out.emplace_back(
        "alpha or beta is the generator: nobody has contributed to the powers of tau (phase 1), so anyone can forge "
        "proofs");
  }
  std::map<U256, std::size_t> first_with;  // by x, which opposite points share
  for (std::size_t i = 1; i < vk.ic.size(); ++i) {
    if (vk.ic[i].is_infinity()) {
      out.push_back(fmt::format("IC[{0}] is infinity: proofs say nothing about public signal {0}", i));
      continue;
    }
    const auto [other, is_new] = first_with.emplace(vk.ic[i].x.canonical(), i);
    if (!is_new) {
      out.push_back(
          fmt::format("IC[{0}] and IC[{1}] are the same point or opposite: proofs bind public signals {0} and {1} only "
                      "together",
                      other->second, i));
    }
  }
  return out;
}

}  // namespace proofcard::groth16
