#include "host/curve/g2.hpp"

#include <array>

namespace proofcard::curve {
namespace {

const Fq2& curve_constant() {
  static const Fq2 kB = Fq2::xi().inverse() * Fq::from_u64(3);
  return kB;
}

}  // namespace

G2Affine G2Affine::generator() {
  static const G2Affine kGenerator{
      {Fq::from_canonical({0x46debd5cd992f6ed, 0x674322d4f75edadd, 0x426a00665e5c4479, 0x1800deef121f1e76}),
       Fq::from_canonical({0x97e485b7aef312c2, 0xf1aa493335a9e712, 0x7260bfb731fb5d25, 0x198e9393920d483a})},
      {Fq::from_canonical({0x4ce6cc0166fa7daa, 0xe3d1e7690c43d37b, 0x4aab71808dcb408f, 0x12c85ea5db8c6deb}),
       Fq::from_canonical({0x55acdadcd122975b, 0xbc4b313370b38ef3, 0xec9e99ad690c3395, 0x090689d0585ff075})}};
  return kGenerator;
}

bool G2Affine::is_on_curve() const { return is_infinity() || y.square() == x.square() * x + curve_constant(); }

bool G2Affine::is_in_group() const { return is_on_curve() && scalar_mul(*this, Fr::kModulus).is_infinity(); }

G2::G2(const G2Affine& p) : x_(p.x), y_(p.y), z_(p.is_infinity() ? Fq2::zero() : Fq2::one()) {}

bool G2::operator==(const G2& other) const {
  if (is_infinity() || other.is_infinity()) {
    return is_infinity() == other.is_infinity();
  }
  const Fq2 zz = z_.square();
  const Fq2 other_zz = other.z_.square();
  return x_ * other_zz == other.x_ * zz && y_ * other_zz * other.z_ == other.y_ * zz * z_;
}

G2 G2::operator-() const {
  G2 out = *this;
  out.y_ = -y_;
  return out;
}

G2 G2::twice() const {
  const Fq2 a = x_.square();
  const Fq2 b = y_.square();
  const Fq2 c = b.square();
  const Fq2 d = ((x_ + b).square() - a - c).twice();
  const Fq2 e = a.twice() + a;
  G2 out;
  out.x_ = e.square() - d.twice();
  out.y_ = e * (d - out.x_) - c.twice().twice().twice();
  out.z_ = (y_ * z_).twice();
  return out;
}

G2 G2::operator+(const G2& other) const {
  if (is_infinity()) {
    return other;
  }
  if (other.is_infinity()) {
    return *this;
  }
  const Fq2 z1z1 = z_.square();
  const Fq2 z2z2 = other.z_.square();
  const Fq2 u1 = x_ * z2z2;
  const Fq2 s1 = y_ * other.z_ * z2z2;
  const Fq2 h = other.x_ * z1z1 - u1;
  const Fq2 r = (other.y_ * z_ * z1z1 - s1).twice();
  if (h.is_zero()) {
    return r.is_zero() ? twice() : infinity();
  }
  const Fq2 i = h.twice().square();
  const Fq2 j = h * i;
  const Fq2 v = u1 * i;
  G2 out;
  out.x_ = r.square() - j - v.twice();
  out.y_ = r * (v - out.x_) - (s1 * j).twice();
  out.z_ = ((z_ + other.z_).square() - z1z1 - z2z2) * h;
  return out;
}

G2 G2::operator+(const G2Affine& other) const {
  if (other.is_infinity()) {
    return *this;
  }
  if (is_infinity()) {
    return other;
  }
  const Fq2 z1z1 = z_.square();
  const Fq2 h = other.x * z1z1 - x_;
  const Fq2 r = (other.y * z_ * z1z1 - y_).twice();
  if (h.is_zero()) {
    return r.is_zero() ? twice() : infinity();
  }
  const Fq2 hh = h.square();
  const Fq2 i = hh.twice().twice();
  const Fq2 j = h * i;
  const Fq2 v = x_ * i;
  G2 out;
  out.x_ = r.square() - j - v.twice();
  out.y_ = r * (v - out.x_) - (y_ * j).twice();
  out.z_ = (z_ + h).square() - z1z1 - hh;
  return out;
}

G2Affine G2::to_affine() const { return batch_to_affine({this, 1})[0]; }

G2 scalar_mul(const G2& p, const U256& scalar) {
  std::array<G2, 16> multiples;
  for (std::size_t i = 1; i < multiples.size(); ++i) {
    multiples[i] = multiples[i - 1] + p;
  }
  G2 sum;
  for (std::size_t digit = 64; digit-- > 0;) {
    sum = sum.twice().twice().twice().twice();
    sum += multiples[(scalar[digit / 16] >> (4 * (digit % 16))) & 15];
  }
  return sum;
}

G2 scalar_mul(const G2& p, const Fr& scalar) { return scalar_mul(p, scalar.canonical()); }

std::vector<G2Affine> batch_to_affine(std::span<const G2> points) {
  std::vector<Fq2> inverses(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    inverses[i] = points[i].z_;
  }
  batch_inverse<Fq2>(inverses);
  std::vector<G2Affine> out(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    // The inverse of Z = 0 is 0, which gives (0, 0).
    const Fq2 zz = inverses[i].square();
    out[i] = {points[i].x_ * zz, points[i].y_ * zz * inverses[i]};
  }
  return out;
}

}  // namespace proofcard::curve
