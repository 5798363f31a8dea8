#include "host/curve/hash_to_curve.hpp"

#include <numeric>
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
constexpr std::size_t kPointsPerTask = 128;

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

// The rest of the map for many elements. Takes 1 / svdw_denominator(u), or 0 when that is 0 (inv0 of the RFC).
void svdw_finish(std::span<const Fq> us, std::span<const Fq> tv3s, std::span<G1Affine> out) {
  const SvdwConstants& c = svdw_constants();
  // The candidate x of each, in the RFC's order of preference: the first whose g(x) is a square.
  const auto candidate = [&](std::size_t i, int number) {
    const Fq tv1 = us[i].square() * c.c1;
    if (number == 3) {
      return ((Fq::one() + tv1).square() * tv3s[i]).square() * c.c4 + Fq::one();
    }
    const Fq tv4 = us[i] * (Fq::one() - tv1) * tv3s[i] * c.c3;
    return number == 1 ? c.c2 - tv4 : c.c2 + tv4;
  };
  std::vector<std::size_t> open(us.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  std::vector<Fq> xs, squares, roots;
  for (int number = 1; number <= 3; ++number) {
    xs.clear();
    squares.clear();
    for (const std::size_t i : open) {
      xs.push_back(candidate(i, number));
      squares.push_back(curve_equation(xs.back()));
    }
    roots.resize(squares.size());
    root_candidates(squares, roots);
    std::size_t num_open = 0;
    for (std::size_t k = 0; k < open.size(); ++k) {
      const std::size_t i = open[k];
      if (roots[k].square() == squares[k]) {
        out[i] = {xs[k], is_odd(us[i]) == is_odd(roots[k]) ? roots[k] : -roots[k]};
      } else {
        open[num_open++] = i;
      }
    }
    open.resize(num_open);
  }
  PROOFCARD_CHECK(open.empty());
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

G1Affine map_to_curve(const Fq& u) {
  const Fq tv3 = svdw_denominator(u).inverse();
  G1Affine out;
  svdw_finish({&u, 1}, {&tv3, 1}, {&out, 1});
  return out;
}

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
    std::vector<G1Affine> points(u.size());
    svdw_finish(u, inverses, points);
    std::vector<G1> sums(end - begin);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] = G1(points[2 * i]) + points[2 * i + 1];
    }
    batch_to_affine(sums, std::span(out).subspan(begin, end - begin));
  });
  return out;
}

}  // namespace proofcard::curve
