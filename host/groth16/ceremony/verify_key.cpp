#include "host/groth16/ceremony/verify_key.hpp"

#include <fmt/format.h>

#include <span>

#include "host/groth16/ceremony/contribute.hpp"
#include "host/groth16/ceremony/same_ratio.hpp"
#include "host/groth16/ceremony/transcript.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard::groth16 {
namespace {

using curve::G1;
using curve::G1Affine;
using curve::G2Affine;

Status check_beacon(const Contribution& contribution, const Beacon& beacon, const std::string& name) {
  const BeaconDraw drawn = draw(beacon);
  if (contribution.s != drawn.s || contribution.ds != scalar_mul(G1(drawn.s), drawn.d).to_affine()) {
    return rejected(name, "expected the points that its beacon gives, found others");
  }
  return {};
}

// Each follows from the one before, and the last is the key's.
Result<std::vector<Parameters>> check_contributions(const Contributions& contributions, const ZkeyHeader& header) {
  std::vector<Parameters> out;
  hash::Blake2b before;
  before.absorb(contributions.circuit_hash);
  G1Affine delta = G1Affine::generator();
  for (std::size_t i = 0; i < contributions.list.size(); ++i) {
    const Contribution& c = contributions.list[i];
    const std::string name = fmt::format("contribution {}", i + 1);
    hash::Blake2b transcript = before;
    absorb(transcript, c.s);
    absorb(transcript, c.ds);
    if (transcript.digest() != c.transcript) {
      return rejected(name, "expected the transcript of the contributions before it, found another");
    }
    const G2Affine hashed = hash_to_g2(c.transcript);
    if (!same_ratio(c.s, c.d_times_hashed, c.ds, hashed)) {
      return rejected(name, "expected one secret in G1 and G2, found two");
    }
    if (!same_ratio(delta, c.d_times_hashed, c.delta_after, hashed)) {
      return rejected(name, "expected delta times its secret, found another point");
    }
    PROOFCARD_TRY(Parameters parameters, parse_parameters(c, name));
    if (parameters.beacon) {
      PROOFCARD_RETURN_IF_ERROR(check_beacon(c, *parameters.beacon, name));
    }
    out.push_back(std::move(parameters));
    absorb(before, c);
    delta = c.delta_after;
  }
  if (header.delta1 != delta) {
    return rejected("delta in G1", "expected that of the last contribution, found another point");
  }
  if (!same_ratio(delta, G2Affine::generator(), G1Affine::generator(), header.vk.delta2)) {
    return rejected("delta in G2", "expected the same as in G1, found another point");
  }
  return out;
}

template <class T>
Status expect_equal(const T& found, const T& expected, std::string_view name) {
  if (found != expected) {
    return rejected(std::string(name), "expected what the circuit and the powers of tau make, found something else");
  }
  return {};
}

// delta times each of `found` is the point of `expected`.
Status check_divided(std::span<const G1Affine> found, std::span<const G1Affine> expected, const G2Affine& delta,
                     const hash::BlindingSource& random, const std::string& name) {
  std::vector<Fr> scalars(found.size());
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    scalars[i] = random.get(name, i);
  }
  PROOFCARD_TRY(const G1Affine divided, kernels::cpu_msm().once(found, scalars));
  PROOFCARD_TRY(const G1Affine whole, kernels::cpu_msm().once(expected, scalars));
  if (!same_ratio(divided, delta, whole, G2Affine::generator())) {
    return rejected(name, "expected what the circuit and the powers of tau make, divided by delta, found other points");
  }
  return {};
}

}  // namespace

Result<std::vector<Parameters>> verify_key(const R1cs& r1cs, const PowersOfTau& powers, const Zkey& zkey) {
  const ZkeyHeader& header = zkey.header();
  PROOFCARD_TRY(std::vector<Parameters> out, check_contributions(zkey.contributions(), header));
  PROOFCARD_TRY(const KeyContent found, read_key(zkey));
  PROOFCARD_TRY(const KeyContent expected, make_initial_key(r1cs, powers));
  const ZkeyHeader& initial = expected.header;
  PROOFCARD_RETURN_IF_ERROR(expect_equal(header.num_signals, initial.num_signals, "number of signals"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(header.num_public, initial.num_public, "number of public signals"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(header.log_domain_size, initial.log_domain_size, "domain size"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(header.vk.alpha1, initial.vk.alpha1, "alpha"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(header.beta1, initial.beta1, "beta in G1"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(header.vk.beta2, initial.vk.beta2, "beta in G2"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(header.vk.gamma2, initial.vk.gamma2, "gamma"));
  PROOFCARD_RETURN_IF_ERROR(
      expect_equal(found.contributions.circuit_hash, expected.contributions.circuit_hash, "hash of the circuit"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(header.vk.ic, initial.vk.ic, "IC"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(found.coefficients, expected.coefficients, "coefficients"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(found.a, expected.a, "bases A"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(found.b1, expected.b1, "bases B1"));
  PROOFCARD_RETURN_IF_ERROR(expect_equal(found.b2, expected.b2, "bases B2"));
  PROOFCARD_TRY(const hash::BlindingSource random, hash::BlindingSource::from_system());
  PROOFCARD_RETURN_IF_ERROR(check_divided(found.c, expected.c, header.vk.delta2, random, "bases C"));
  PROOFCARD_RETURN_IF_ERROR(check_divided(found.h, expected.h, header.vk.delta2, random, "bases H"));
  return out;
}

}  // namespace proofcard::groth16
