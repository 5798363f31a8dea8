#include "tests/groth16/test_key.hpp"

#include <array>
#include <bit>
#include <stdexcept>

#include "host/base/parallel.hpp"
#include "host/curve/fixed_base.hpp"
#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"
#include "host/field/two_adic.hpp"

namespace proofcard::groth16::testing {
namespace {

using curve::G1;
using curve::G1Affine;
using curve::G2;
using curve::G2Affine;

constexpr std::size_t kPointsPerTask = 64;

void put(ByteWriter& out, const Fq& v) { put_limbs(out, v.montgomery()); }
void put(ByteWriter& out, const G1Affine& p) {
  put(out, p.x);
  put(out, p.y);
}
void put(ByteWriter& out, const G2Affine& p) {
  for (const Fq& v : {p.x.c0, p.x.c1, p.y.c0, p.y.c1}) {
    put(out, v);
  }
}

// Where a key of a ceremony has 64 bytes of hash, which provers do not look at.
void put_hash(ByteWriter& out) {
  for (std::uint64_t i = 0; i < 8; ++i) {
    out.u64(i);
  }
}

// Multiples of the generator.
std::vector<G1Affine> g1(const std::vector<Fr>& scalars) {
  const std::array<G1Affine, 1> generator{G1Affine::generator()};
  const curve::FixedBases bases(generator);
  std::vector<std::size_t> offsets(scalars.size() + 1);
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    offsets[i] = i;
  }
  std::vector<G1Affine> out(scalars.size());
  bases.sums(out, offsets, std::vector<std::uint32_t>(scalars.size(), 0), scalars);
  return out;
}

std::vector<G2Affine> g2(const std::vector<Fr>& scalars) {
  // multiples[w][d] = d 2^(8 w) times the generator.
  std::vector<std::array<G2, 256>> multiples(32);
  G2 base = G2::generator();
  for (auto& window : multiples) {
    for (std::size_t d = 1; d < window.size(); ++d) {
      window[d] = window[d - 1] + base;
    }
    base = window.back() + base;
  }
  std::vector<G2Affine> out(scalars.size());
  parallel_for(out.size(), kPointsPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto bytes = scalars[i].to_bytes();
      G2 sum;
      for (std::size_t w = 0; w < multiples.size(); ++w) {
        sum += multiples[w][bytes[w]];
      }
      out[i] = sum.to_affine();
    }
  });
  return out;
}

template <class Point>
void put_all(ByteWriter& out, const std::vector<Point>& points) {
  for (const Point& p : points) {
    put(out, p);
  }
}

// The values at x of the polynomials of degree below 2^log_n that are 1 at one power of the root of unity of that order
// and 0 at the others. Pre: x is none of them.
std::vector<Fr> lagrange(const Fr& x, std::size_t log_n) {
  const std::size_t n = std::size_t{1} << log_n;
  const Fr root = root_of_unity<Fr>(static_cast<unsigned>(log_n));
  std::vector<Fr> powers(n), out(n);
  Fr power = Fr::one();
  for (std::size_t i = 0; i < n; ++i) {
    powers[i] = power;
    out[i] = x - power;
    power *= root;
  }
  batch_inverse<Fr>(out);
  const Fr factor = (x.pow_vartime({n, 0, 0, 0}) - Fr::one()) * Fr::from_u64(n).inverse();
  for (std::size_t i = 0; i < n; ++i) {
    out[i] *= powers[i] * factor;
  }
  return out;
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
                             std::vector<Term> terms) {
  // Without relations that key_check.hpp would find.
  const Fr tau = Fr::from_u64(123456789), alpha = Fr::from_u64(39916801), beta = Fr::from_u64(87178291199);
  const Fr gamma = Fr::from_u64(6700417), delta = Fr::from_u64(2147483647);
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
