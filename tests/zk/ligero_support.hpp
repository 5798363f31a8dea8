// Values with equations that they satisfy, committed and proved with the CPU kernels, and checked.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "host/zk/ligero/prover.hpp"
#include "host/zk/ligero/verifier.hpp"
#include "tests/support/random.hpp"

namespace proofcard::zk::ligero::testing {

inline Kernels cpu_kernels() { return {kernels::cpu_ntt_fr(), kernels::cpu_merkle_hash()}; }

struct System {
  std::vector<Fr> values;
  std::vector<VerifierChannel::Constraint> constraints;
  unsigned security_bits = pcs::whir::kSecurityBits;

  Parameters parameters() const {
    return make_parameters(values.size(), num_products(constraints), security_bits).value();
  }
};

inline Fr value_of(const Value& form, std::span<const Fr> values) {
  Fr out = form.constant();
  for (const auto& [variable, coefficient] : form.terms()) {
    out += values[variable] * coefficient;
  }
  return out;
}

inline Fr left_side(const VerifierChannel::Constraint& constraint, std::span<const Fr> values) {
  Fr out = value_of(constraint.rest, values);
  for (const auto& product : constraint.products) {
    out += value_of(product.a, values) * value_of(product.b, values);
  }
  return out;
}

// A form of up to three variables and a constant.
inline Value random_form(proofcard::testing::Random& random, std::size_t num_values) {
  Value out(random.fr());
  for (std::uint64_t n = random.u64() % 4; n > 0; --n) {
    out.add_scaled(Value::variable(static_cast<std::uint32_t>(random.u64() % num_values)), random.fr());
  }
  return out;
}

// num_products[e]: of equation e.
inline System make_system(std::uint64_t seed, std::size_t num_values, const std::vector<std::size_t>& num_products) {
  proofcard::testing::Random random(seed);
  System out{random.frs(num_values), {}};
  for (const std::size_t n : num_products) {
    VerifierChannel::Constraint& constraint = out.constraints.emplace_back();
    for (std::size_t k = 0; k < n; ++k) {
      constraint.products.push_back({random_form(random, num_values), random_form(random, num_values)});
    }
    constraint.rest = random_form(random, num_values);
    constraint.rest.add_scaled(Value::variable(static_cast<std::uint32_t>(num_values - 1)), random.fr());
    constraint.rest -= left_side(constraint, out.values);
  }
  return out;
}

// Equations without products, and then some of one and of three.
inline System mixed_system(std::uint64_t seed, std::size_t num_values, std::size_t num_linear, std::size_t num_single,
                           std::size_t num_triple) {
  std::vector<std::size_t> num_products(num_linear);
  num_products.insert(num_products.end(), num_single, 1);
  num_products.insert(num_products.end(), num_triple, 3);
  return make_system(seed, num_values, num_products);
}

inline Transcript transcript_of(const hash::Digest& root) {
  Transcript out("test");
  out.absorb_bytes("root", root);
  return out;
}

inline Committed commit_to(const System& system, const hash::BlindingSource& blinding) {
  return commit(cpu_kernels(), system.values, blinding, system.parameters()).value();
}

struct Proof {
  hash::Digest root{};
  Bytes bytes;
};

inline Proof prove(const System& system, const hash::BlindingSource& blinding, Interceptor* liar = nullptr) {
  const Committed committed = commit_to(system, blinding);
  ProverChannel channel(transcript_of(committed.root()));
  channel.set_interceptor(liar);
  const Status status = prove(channel, cpu_kernels(), committed, system.constraints, blinding);
  EXPECT_TRUE(status.ok()) << status.error().message();
  return {committed.root(), channel.take_proof()};
}

inline Proof prove(const System& system, std::uint64_t seed, Interceptor* liar = nullptr) {
  return prove(system, hash::BlindingSource::from_seed(seed, {}), liar);
}

inline Status check(const System& system, const Proof& proof, Transcript transcript) {
  VerifierChannel channel(std::move(transcript), proof.bytes);
  PROOFCARD_RETURN_IF_ERROR(verify(channel, kernels::cpu_merkle_hash(), proof.root, system.values.size(),
                                   system.constraints, system.security_bits));
  return channel.expect_end();
}

inline Status check(const System& system, const Proof& proof) {
  return check(system, proof, transcript_of(proof.root));
}

// Empty: accepted.
inline std::string message(const Status& status) { return status.ok() ? "" : status.error().message(); }

}  // namespace proofcard::zk::ligero::testing
