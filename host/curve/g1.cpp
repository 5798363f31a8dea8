#include "host/curve/g1.hpp"

#include <array>

#include "host/base/check.hpp"

namespace proofcard::curve {

bool G1::operator==(const G1& other) const {
  if (is_infinity() || other.is_infinity()) {
    return is_infinity() == other.is_infinity();
  }
  const Fq zz = z_.square();
  const Fq other_zz = other.z_.square();
  return x_ * other_zz == other.x_ * zz && y_ * other_zz * other.z_ == other.y_ * zz * z_;
}

G1 G1::operator-() const {
  G1 out = *this;
  out.y_ = -y_;
  return out;
}

G1 G1::twice() const {
  const Fq a = x_.square();
  const Fq b = y_.square();
  const Fq c = b.square();
  const Fq d = ((x_ + b).square() - a - c).twice();
  const Fq e = a.twice() + a;
  G1 out;
  out.x_ = e.square() - d.twice();
  out.y_ = e * (d - out.x_) - c.twice().twice().twice();
  out.z_ = (y_ * z_).twice();
  return out;
}

G1 G1::operator+(const G1& other) const {
  if (is_infinity()) {
    return other;
  }
  if (other.is_infinity()) {
    return *this;
  }
  const Fq z1z1 = z_.square();
  const Fq z2z2 = other.z_.square();
  const Fq u1 = x_ * z2z2;
  const Fq s1 = y_ * other.z_ * z2z2;
  const Fq h = other.x_ * z1z1 - u1;
  const Fq r = (other.y_ * z_ * z1z1 - s1).twice();
  if (h.is_zero()) {
    return r.is_zero() ? twice() : infinity();
  }
  const Fq i = h.twice().square();
  const Fq j = h * i;
  const Fq v = u1 * i;
  G1 out;
  out.x_ = r.square() - j - v.twice();
  out.y_ = r * (v - out.x_) - (s1 * j).twice();
  out.z_ = ((z_ + other.z_).square() - z1z1 - z2z2) * h;
  return out;
}

G1 G1::operator+(const G1Affine& other) const {
  if (other.is_infinity()) {
    return *this;
  }
  if (is_infinity()) {
    return other;
  }
  const Fq z1z1 = z_.square();
  const Fq h = other.x * z1z1 - x_;
  const Fq r = (other.y * z_ * z1z1 - y_).twice();
  if (h.is_zero()) {
    return r.is_zero() ? twice() : infinity();
  }
  const Fq hh = h.square();
  const Fq i = hh.twice().twice();
  const Fq j = h * i;
  const Fq v = x_ * i;
  G1 out;
  out.x_ = r.square() - j - v.twice();
  out.y_ = r * (v - out.x_) - (y_ * j).twice();
  out.z_ = (z_ + h).square() - z1z1 - hh;
  return out;
}

G1Affine G1::to_affine() const {
  G1Affine out;
  batch_to_affine({this, 1}, {&out, 1});
  return out;
}

G1 scalar_mul(const G1& p, const Fr& scalar) {
  std::array<G1, 16> multiples;
  for (std::size_t i = 1; i < multiples.size(); ++i) {
    multiples[i] = multiples[i - 1] + p;
  }
  const U256 bits = scalar.canonical();
  G1 sum;
  for (std::size_t digit = 64; digit-- > 0;) {
    sum = sum.twice().twice().twice().twice();
    sum += multiples[(bits[digit / 16] >> (4 * (digit % 16))) & 15];
  }
  return sum;
}

G1 scalar_mul(const G1& p, std::int64_t scalar) {
  const std::uint64_t magnitude =
      scalar < 0 ? 0 - static_cast<std::uint64_t>(scalar) : static_cast<std::uint64_t>(scalar);
  G1 sum;
  for (unsigned bit = 64; bit-- > 0;) {
    sum = sum.twice();
    if ((magnitude >> bit) & 1) {
      sum += p;
    }
  }
  return scalar < 0 ? -sum : sum;
}

void batch_to_affine(std::span<const G1> points, std::span<G1Affine> out) {
  PROOFCARD_CHECK(points.size() == out.size());
  std::vector<Fq> inverses(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    inverses[i] = points[i].z_;
  }
  batch_inverse<Fq>(inverses);
  for (std::size_t i = 0; i < points.size(); ++i) {
    // The inverse of Z = 0 is 0, which gives (0, 0).
    const Fq zz = inverses[i].square();
    out[i] = {points[i].x_ * zz, points[i].y_ * zz * inverses[i]};
  }
}

std::vector<G1Affine> batch_to_affine(std::span<const G1> points) {
  std::vector<G1Affine> out(points.size());
  batch_to_affine(points, out);
  return out;
}

}  // namespace proofcard::curve
