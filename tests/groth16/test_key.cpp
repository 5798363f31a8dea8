#include "tests/groth16/test_key.hpp"

#include <array>
#include <bit>
#include <stdexcept>

#include "tests/groth16/test_points.hpp"

namespace proofcard::groth16::testing {
namespace {

using curve::G1Affine;
using curve::G2Affine;

// Where a key of a ceremony has 64 bytes of hash, which provers do not look at.
void put_hash(ByteWriter& out) {
  for (std::uint64_t i = 0; i < 8; ++i) {
    out.u64(i);
  }
}

}  // namespace

Bytes& FileOfSections::section(std::uint32_t type) {
  for (auto& [found, content] : sections) {
    if (found == type) {
      return content;
    }
  }
  throw std::out_of_range("no such section");
}

Bytes FileOfSections::bytes() const {
  ByteWriter out;
  for (const char c : magic) {
    out.u8(static_cast<std::uint8_t>(c));
  }
  out.u32(version);
  out.u32(static_cast<std::uint32_t>(sections.size()));
  for (const auto& [type, content] : sections) {
    out.u32(type);
    out.blob(content);
  }
  return out.take();
}

void put_limbs(ByteWriter& out, const U256& limbs) {
  for (const std::uint64_t limb : limbs) {
    out.u64(limb);
  }
}

void put_prime(ByteWriter& out, const U256& prime) {
  out.u32(32);
  put_limbs(out, prime);
}

FileOfSections make_test_key(std::uint32_t num_signals, std::uint32_t num_public, std::uint32_t num_constraints,
                             std::vector<Term> terms, const Secrets& secrets) {
  const auto& [tau, alpha, beta, gamma, delta] = secrets;
  for (std::uint32_t s = 0; s <= num_public; ++s) {
    terms.push_back({0, num_constraints + s, s, Fr::one()});
  }
  const std::uint32_t n = std::bit_ceil(num_constraints + num_public + 1);
  const auto log_n = static_cast<std::size_t>(std::countr_zero(n));

  std::array<std::vector<Fr>, 3> at_tau;  // u, v, w of every signal
  at_tau.fill(std::vector<Fr>(num_signals));
  const std::vector<Fr> rows = lagrange(tau, log_n);
  ByteWriter coefficients;
  std::uint32_t num_coefficients = 0;
  for (const Term& term : terms) {
    at_tau[term.matrix][term.signal] += term.value * rows[term.row];
    if (term.matrix < 2) {
      coefficients.u32(term.matrix);
      coefficients.u32(term.row);
      coefficients.u32(term.signal);
      put_limbs(coefficients, Fr::from_canonical(term.value.montgomery()).montgomery());  // times 2^512
      ++num_coefficients;
    }
  }
  std::vector<Fr> ic, c, h;
  const Fr inverse_gamma = gamma.inverse(), inverse_delta = delta.inverse();
  for (std::uint32_t s = 0; s < num_signals; ++s) {
    const Fr mixed = beta * at_tau[0][s] + alpha * at_tau[1][s] + at_tau[2][s];
    if (s <= num_public) {
      ic.push_back(mixed * inverse_gamma);
    } else {
      c.push_back(mixed * inverse_delta);
    }
  }
  const std::vector<Fr> finer = lagrange(tau, log_n + 1);
  for (std::size_t i = 1; i < finer.size(); i += 2) {
    h.push_back(finer[i] * inverse_delta);
  }

  const std::vector<G1Affine> secrets1 = g1({alpha, beta, delta});
  const std::vector<G2Affine> secrets2 = g2({beta, gamma, delta});
  ByteWriter protocol, header, section3, section4, section5, section6, section7, section8, section9, contributions;
  protocol.u32(1);
  put_prime(header, Fq::kModulus);
  put_prime(header, Fr::kModulus);
  header.u32(num_signals);
  header.u32(num_public);
  header.u32(n);
  put(header, secrets1[0]);
  put(header, secrets1[1]);
  put(header, secrets2[0]);
  put(header, secrets2[1]);
  put(header, secrets1[2]);
  put(header, secrets2[2]);
  put_all(section3, g1(ic));
  section4.u32(num_coefficients);
  section4.raw(coefficients.bytes());
  put_all(section5, g1(at_tau[0]));
  put_all(section6, g1(at_tau[1]));
  put_all(section7, g2(at_tau[1]));
  put_all(section8, g1(c));
  put_all(section9, g1(h));
  put_hash(contributions);
  contributions.u32(1);
  put_all(contributions, secrets1);
  put(contributions, secrets2[2]);
  put_hash(contributions);
  contributions.u32(0);
  contributions.u32(8);
  contributions.u64(0);
  return {"zkey",
          1,
          {{1, protocol.take()},
           {2, header.take()},
           {3, section3.take()},
           {4, section4.take()},
           {5, section5.take()},
           {6, section6.take()},
           {7, section7.take()},
           {8, section8.take()},
           {9, section9.take()},
           {10, contributions.take()}}};
}

}  // namespace proofcard::groth16::testing
