#include "host/groth16/ceremony/seeded_points.hpp"

#include <bit>
#include <optional>
#include <type_traits>

#include "host/curve/sqrt.hpp"

namespace proofcard::groth16 {
namespace {

using curve::G1Affine;
using curve::G2Affine;

// (2 q - r): the twist has r times as many points.
constexpr U256 kCofactor{0x345f2299c0f9fa8d, 0x06ceecda572a2489, 0xb85045b68181585e, 0x30644e72e131a029};

using Words = std::array<std::uint32_t, 16>;

void quarter_round(Words& v, std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
  v[a] += v[b];
  v[d] = std::rotl(v[d] ^ v[a], 16);
  v[c] += v[d];
  v[b] = std::rotl(v[b] ^ v[c], 12);
  v[a] += v[b];
  v[d] = std::rotl(v[d] ^ v[a], 8);
  v[c] += v[d];
  v[b] = std::rotl(v[b] ^ v[c], 7);
}

Words chacha20(const Words& input) {
  Words v = input;
  for (int round = 0; round < 20; round += 2) {
    for (std::size_t i = 0; i < 4; ++i) {
      quarter_round(v, i, 4 + i, 8 + i, 12 + i);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      quarter_round(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
    }
  }
  for (std::size_t i = 0; i < v.size(); ++i) {
    v[i] += input[i];
  }
  return v;
}

// In the upper half of the field; of a number in Fq2, the part with u decides unless it is zero.
bool is_large(const Fq& a) { return detail::less((-a).canonical(), a.canonical()); }
bool is_large(const Fq2& a) { return a.c1.is_zero() ? is_large(a.c0) : is_large(a.c1); }

// b of y^2 = x^3 + b.
Fq curve_constant(const Fq&) { return Fq::from_u64(3); }
Fq2 curve_constant(const Fq2&) { return Fq2::xi().inverse() * Fq::from_u64(3); }

}  // namespace

SeededPoints::SeededPoints(std::span<const std::uint8_t, 32> seed)
    : input_{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574} {
  for (std::size_t i = 0; i < seed.size(); ++i) {
    input_[4 + i / 4] = input_[4 + i / 4] << 8 | seed[i];
  }
}

std::uint32_t SeededPoints::word() {
  if (used_ == block_.size()) {
    block_ = chacha20(input_);
    used_ = 0;
    input_[13] += static_cast<std::uint32_t>(++input_[12] == 0);
  }
  return block_[used_++];
}

template <class Field>
Field SeededPoints::field() {
  while (true) {
    U256 limbs{};
    for (std::uint64_t& limb : limbs) {
      const std::uint64_t high = word();
      limb = high << 32 | word();
    }
    limbs[3] &= ~std::uint64_t{0} >> 2;  // 254 bits
    if (detail::less(limbs, Field::kModulus)) {
      return Field::from_montgomery(limbs);
    }
  }
}

template <class Field>
Field SeededPoints::coordinate() {
  if constexpr (std::is_same_v<Field, Fq2>) {
    const Fq c0 = field<Fq>();
    return {c0, field<Fq>()};
  } else {
    return field<Field>();
  }
}

template <class Affine>
Affine SeededPoints::point() {
  using Field = std::remove_cvref_t<decltype(Affine::x)>;
  while (true) {
    const auto x = coordinate<Field>();
    const bool large = (word() & 1) != 0;
    if (const std::optional<Field> y = curve::sqrt(x.square() * x + curve_constant(x))) {
      return {x, is_large(*y) == large ? *y : -*y};
    }
  }
}

Fr SeededPoints::fr() { return field<Fr>(); }
G1Affine SeededPoints::g1() { return point<G1Affine>(); }
G2Affine SeededPoints::g2() { return scalar_mul(curve::G2(point<G2Affine>()), kCofactor).to_affine(); }

}  // namespace proofcard::groth16
