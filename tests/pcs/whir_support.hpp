// Vectors with claims about them, committed with the reference or CPU kernels, and checked.
#pragma once

#include <string>
#include <vector>

#include "host/pcs/whir/prover.hpp"
#include "host/pcs/whir/verifier.hpp"
#include "host/poly/multilinear.hpp"
#include "tests/pcs/whir_naive.hpp"
#include "tests/support/changed_message.hpp"
#include "tests/support/random.hpp"

namespace proofcard::pcs::whir::testing {

inline Kernels cpu_kernels(hash::Function function = hash::Function::kSha256) {
  return {kernels::cpu_ntt_fr(), kernels::cpu_int_gemm(), kernels::cpu_merkle_hash(function)};
}

struct Case {
  hash::Function function = hash::Function::kSha256;
  std::vector<IntVector> vectors;
  std::vector<Committed> committed;
  std::vector<Commitment> commitments;
  std::vector<Claim<Fr>> claims;
};

// Claims on all of each vector, on halves and smaller slots down to one value, at offsets; the first one twice.
inline Case make_case(std::uint64_t seed, std::span<const unsigned> log_sizes,
                      hash::Function function = hash::Function::kSha256) {
  proofcard::testing::Random random(seed);
  Case c;
  c.function = function;
  c.vectors.reserve(log_sizes.size());
  for (std::uint32_t v = 0; v < log_sizes.size(); ++v) {
    const IntType types[] = {IntType::kI8, IntType::kI16, IntType::kI32, IntType::kI64};
    c.vectors.push_back(random.ints(types[v % 4], std::size_t{1} << log_sizes[v]));
    c.committed.push_back(commit(cpu_kernels(function), c.vectors.back().view()).value());
    c.commitments.push_back(c.committed.back().commitment);
    for (unsigned n = log_sizes[v] + 1; n-- > 0; n -= n > 6 ? 3 : 0) {
      const std::size_t slots = c.vectors.back().size() >> n;
      const std::size_t offset = (random.u64() % slots) << n;
      poly::Point point = random.frs(n);
      const Fr value = poly::evaluate(int_subspan(c.vectors.back().view(), offset, std::size_t{1} << n), point);
      c.claims.push_back({v, offset, std::move(point), value});
    }
  }
  c.claims.push_back(c.claims[0]);
  return c;
}

inline Transcript transcript_of(const Case& c) {
  Transcript out("test", c.function);
  for (const Commitment& commitment : c.commitments) {
    out.absorb_digest("root", commitment.root);
    out.absorb("answer", std::span(&commitment.answer, 1));
  }
  return out;
}

inline Bytes prove(const Case& c, Interceptor* liar = nullptr, unsigned security_bits = kSecurityBits) {
  ProverChannel channel(transcript_of(c));
  channel.set_interceptor(liar);
  std::vector<Opened> vectors;
  for (const Committed& committed : c.committed) {
    vectors.push_back({&committed});
  }
  const Status status = open(channel, cpu_kernels(c.function), vectors, c.claims, security_bits);
  EXPECT_TRUE(status.ok()) << status.error().message();
  return channel.take_proof();
}

// By the naive prover: values, words and claims are what the case says, whether they fit each other or not.
inline Bytes prove_naively(const Case& c, const Lies& lies, const std::vector<NaiveWord>& words) {
  std::vector<unsigned> log_sizes;
  std::vector<std::vector<Fr>> values;
  for (std::size_t v = 0; v < c.vectors.size(); ++v) {
    log_sizes.push_back(c.commitments[v].log_size);
    values.emplace_back(std::size_t{1} << words[v].code.log_size);
    for (std::size_t i = 0; i < c.vectors[v].size(); ++i) {
      values.back()[i] = Fr::from_i64(c.vectors[v][i]);
    }
  }
  const Parameters parameters = *make_parameters(log_sizes, kSecurityBits, c.function);
  ProverChannel channel(transcript_of(c));
  NaiveProver(channel, parameters, lies).open(values, words, c.commitments, c.claims);
  return channel.take_proof();
}

inline std::vector<NaiveWord> naive_words(const Case& c) {
  std::vector<NaiveWord> out;
  for (const IntVector& vector : c.vectors) {
    const Code code = *input_code(static_cast<unsigned>(std::countr_zero(vector.size())), c.function);
    std::vector<Fr> values(std::size_t{1} << code.log_size);
    for (std::size_t i = 0; i < vector.size(); ++i) {
      values[i] = Fr::from_i64(vector[i]);
    }
    out.emplace_back(code, values, c.function);
  }
  return out;
}

inline Status check(const Case& c, ByteView proof, unsigned security_bits = kSecurityBits) {
  VerifierChannel channel(transcript_of(c), proof);
  std::vector<Claim<Value>> claims;
  for (const Claim<Fr>& claim : c.claims) {
    claims.push_back({claim.column, claim.offset, claim.point, claim.value});
  }
  std::vector<Received> vectors;
  for (const Commitment& commitment : c.commitments) {
    vectors.push_back({commitment.root, commitment.log_size, commitment.answer});
  }
  PROOFCARD_RETURN_IF_ERROR(
      verify_opening(channel, kernels::cpu_merkle_hash(c.function), vectors, claims, security_bits));
  return channel.expect_end();
}

using proofcard::testing::Changed;

// How errors begin.
inline constexpr const char* kSums = "opening (sums of the last values)";
inline constexpr const char* kRoot = "opening: rows of a word of";

// Empty: accepted.
inline std::string message(const Status& status) { return status.ok() ? "" : status.error().message(); }

}  // namespace proofcard::pcs::whir::testing
