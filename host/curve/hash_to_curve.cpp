#include "host/curve/hash_to_curve.hpp"

#include <optional>
#include <string>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/curve/sqrt.hpp"
#include "host/hash/keccak.hpp"

namespace proofcard::curve {
namespace {

constexpr std::size_t kFieldElementBytes = 48;  // RFC 9380, 5.1: ceil((254 + 128) / 8)
constexpr std::string_view kGeneratorSuite = "proofcard-generators-v1-BN254G1_XOF:SHAKE-256_SVDW_RO_";
constexpr std::size_t kPointsPerTask = 32;

Fq curve_equation(const Fq& x) { return x.square() * x + Fq::from_u64(3); }

bool is_odd(const Fq& a) { return (a.canonical()[0] & 1) != 0; }

SvdwConstants make_constants() {
  const Fq z = Fq::one();
  const Fq gz = curve_equation(z);
  const Fq three_zz = Fq::from_u64(3) * z.square();  // 3 Z^2 + 4 A with A = 0
  const std::optional<Fq> root = sqrt(-gz * three_zz);
  PROOFCARD_CHECK(root.has_value());
  return {.c1 = gz,
          .c2 = -z * Fq::from_u64(2).inverse(),
          .c3 = is_odd(*root) ? -*root : *root,
          .c4 = -Fq::from_u64(4) * gz * three_zz.inverse()};
}

// Step 5 and 6 of the map: tv3 before its inversion, so that a batch shares one.
Fq svdw_denominator(const Fq& u) {
  const Fq tv1 = u.square() * svdw_constants().c1;
  return (Fq::one() - tv1) * (Fq::one() + tv1);
}

// The rest of the map. Takes 1 / svdw_denominator(u), or 0 when that is 0 (inv0 of the RFC).
G1Affine svdw_finish(const Fq& u, const Fq& tv3) {
  const SvdwConstants& c = svdw_constants();
  const Fq tv1 = u.square() * c.c1;
  const Fq tv4 = u * (Fq::one() - tv1) * tv3 * c.c3;
  const Fq tv2 = Fq::one() + tv1;
  // The candidates in the RFC's order of preference: the first whose g(x) is a square.
  Fq x = c.c2 - tv4;
  std::optional<Fq> y = sqrt(curve_equation(x));
  if (!y) {
    x = c.c2 + tv4;
    y = sqrt(curve_equation(x));
  }
  if (!y) {
    x = (tv2.square() * tv3).square() * c.c4 + Fq::one();
    y = sqrt(curve_equation(x));
  }
  PROOFCARD_CHECK(y.has_value());
  return {x, is_odd(u) == is_odd(*y) ? *y : -*y};
}

std::array<Fq, 2> hash_to_field(ByteView message, std::string_view dst) {
  const Bytes uniform = expand_message(message, dst, 2 * kFieldElementBytes);
  std::array<Fq, 2> u;
  for (std::size_t k = 0; k < 2; ++k) {
    U256 lo{}, hi{};  // big-endian integers, OS2IP
    for (std::size_t i = 0; i < kFieldElementBytes; ++i) {
      const std::uint64_t byte = uniform[(k + 1) * kFieldElementBytes - 1 - i];
      (i < 32 ? lo[i / 8] : hi[i / 8 - 4]) |= byte << (8 * (i % 8));
    }
    u[k] = Fq::from_u512_reduced(lo, hi);
  }
  return u;
}

}  // namespace

const SvdwConstants& svdw_constants() {
  static const SvdwConstants constants = make_constants();
  return constants;
}

G1Affine map_to_curve(const Fq& u) { return svdw_finish(u, svdw_denominator(u).inverse()); }

Bytes expand_message(ByteView message, std::string_view dst, std::size_t num_bytes) {
  PROOFCARD_CHECK(dst.size() <= 255 && num_bytes <= 65535);
  const auto byte = [](std::size_t v) { return static_cast<std::uint8_t>(v); };
  hash::KeccakSponge sponge = hash::KeccakSponge::shake256();
  sponge.absorb(message);
  const std::array<std::uint8_t, 2> length{byte(num_bytes >> 8), byte(num_bytes)};
  sponge.absorb(length);
  sponge.absorb({reinterpret_cast<const std::uint8_t*>(dst.data()), dst.size()});
  const std::array<std::uint8_t, 1> dst_length{byte(dst.size())};
  sponge.absorb(dst_length);
  Bytes out(num_bytes);
  sponge.squeeze(out);
  return out;
}

G1Affine hash_to_curve(ByteView message, std::string_view dst) {
  const auto u = hash_to_field(message, dst);
  return (G1(map_to_curve(u[0])) + map_to_curve(u[1])).to_affine();
}

std::vector<G1Affine> derive_generators(std::string_view label, std::size_t first, std::size_t count) {
  PROOFCARD_CHECK(label.size() <= 128);
  const std::string dst = std::string(kGeneratorSuite) + std::string(label);
  std::vector<G1Affine> out(count);
  parallel_for(count, kPointsPerTask, [&](std::size_t begin, std::size_t end) {
    std::vector<Fq> u;
    u.reserve(2 * (end - begin));
    for (std::size_t i = begin; i < end; ++i) {
      ByteWriter message;
      message.u64(first + i);
      for (const Fq& element : hash_to_field(message.bytes(), dst)) {
        u.push_back(element);
      }
    }
    std::vector<Fq> inverses(u.size());
    for (std::size_t i = 0; i < u.size(); ++i) {
      inverses[i] = svdw_denominator(u[i]);
    }
    batch_inverse<Fq>(inverses);
    std::vector<G1> sums(end - begin);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] = G1(svdw_finish(u[2 * i], inverses[2 * i])) + svdw_finish(u[2 * i + 1], inverses[2 * i + 1]);
    }
    batch_to_affine(sums, std::span(out).subspan(begin, end - begin));
  });
  return out;
}

}  // namespace proofcard::curve
