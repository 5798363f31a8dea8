#include "tests/groth16/test_points.hpp"

#include <array>

#include "host/base/parallel.hpp"
#include "host/curve/fixed_base.hpp"
#include "host/field/two_adic.hpp"
#include "tests/groth16/test_key.hpp"

namespace proofcard::groth16::testing {
namespace {

constexpr std::size_t kPointsPerTask = 64;

}  // namespace

using curve::G1;
using curve::G1Affine;
using curve::G2;
using curve::G2Affine;

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

}  // namespace proofcard::groth16::testing
