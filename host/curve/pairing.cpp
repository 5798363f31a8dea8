#include "host/curve/pairing.hpp"

#include "host/base/check.hpp"
#include "host/curve/inverse.hpp"

namespace proofcard::curve {
namespace {

// The bits of 6 x + 2 below its highest, which is bit 64.
constexpr std::uint64_t kLoopBits = static_cast<std::uint64_t>(static_cast<detail::U128>(kX) * 6 + 2);
static_assert((static_cast<detail::U128>(kX) * 6 + 2) >> 64 == 1);

Fq2 inverse_vartime(const Fq2& a) { return a.conjugate() * curve::inverse_vartime(a.norm()); }

// The power q, seen from the twist.
G2Affine frobenius(const G2Affine& p) {
  return {p.x.conjugate() * frobenius_factor(2), p.y.conjugate() * frobenius_factor(3)};
}

// The line with this slope through t, and the point opposite to its third intersection. In the Miller loop of a point
// of order r neither equal nor opposite points are ever added, and no point of order 2 doubled.
PreparedG2::Line step(G2Affine& t, const Fq2& other_x, const Fq2& slope) {
  const PreparedG2::Line line{slope, slope * t.x - t.y};
  const Fq2 x = slope.square() - t.x - other_x;
  t = {x, slope * (t.x - x) - t.y};
  return line;
}
PreparedG2::Line double_step(G2Affine& t) {
  const Fq2 xx = t.x.square();
  return step(t, t.x, (xx.twice() + xx) * inverse_vartime(t.y.twice()));
}
PreparedG2::Line add_step(G2Affine& t, const G2Affine& q) {
  return step(t, q.x, (q.y - t.y) * inverse_vartime(q.x - t.x));
}

}  // namespace

PreparedG2::PreparedG2(const G2Affine& point) {
  if (point.is_infinity()) {
    return;
  }
  G2Affine t = point;
  for (int bit = 63; bit >= 0; --bit) {
    lines_.push_back(double_step(t));
    if ((kLoopBits >> bit) & 1) {
      lines_.push_back(add_step(t, point));
    }
  }
  const G2Affine first = frobenius(point);
  const G2Affine second = -frobenius(first);
  lines_.push_back(add_step(t, first));
  lines_.push_back(add_step(t, second));
}

Fq12 miller_loop(std::span<const PairingInput> pairs) {
  Fq12 f = Fq12::one();
  std::size_t next = 0;
  // The untwisted line at P is yP - slope xP w + offset w^3.
  const auto take_lines = [&] {
    for (const PairingInput& pair : pairs) {
      if (!pair.p.is_infinity() && !pair.q->is_infinity()) {
        const PreparedG2::Line& line = pair.q->lines()[next];
        f = f.times_line(pair.p.y, -(line.slope * pair.p.x), line.offset);
      }
    }
    ++next;
  };
  for (int bit = 63; bit >= 0; --bit) {
    f = f.square();
    take_lines();
    if ((kLoopBits >> bit) & 1) {
      take_lines();
    }
  }
  take_lines();
  take_lines();
  return f;
}

Fq12 final_exponentiation(const Fq12& a) {
  PROOFCARD_CHECK(!a.is_zero());
  // (q^6 - 1)(q^2 + 1); from here on the inverse is the conjugate.
  Fq12 f = a.conjugate() * a.inverse();
  f = proofcard::frobenius(f, 2) * f;
  // (q^4 - q^2 + 1) / r = sum_k lambda_k(x) q^k, grouped as y0 y1^2 y2^6 y3^12 y4^18 y5^30 y6^36.
  const Fq12 fx = f.pow_vartime(kX);
  const Fq12 fx2 = fx.pow_vartime(kX);
  const Fq12 fx3 = fx2.pow_vartime(kX);
  const Fq12 y0 = proofcard::frobenius(f, 1) * proofcard::frobenius(f, 2) * proofcard::frobenius(f, 3);
  const Fq12 y1 = f.conjugate();
  const Fq12 y2 = proofcard::frobenius(fx2, 2);
  const Fq12 y3 = proofcard::frobenius(fx, 1).conjugate();
  const Fq12 y4 = (fx * proofcard::frobenius(fx2, 1)).conjugate();
  const Fq12 y5 = fx2.conjugate();
  const Fq12 y6 = (fx3 * proofcard::frobenius(fx3, 1)).conjugate();
  // Addition chain for the exponents 1, 2, 6, 12, 18, 30, 36 (Olivos).
  Fq12 t0 = y6.square() * y4 * y5;
  Fq12 t1 = y3 * y5 * t0;
  t0 *= y2;
  t1 = (t1.square() * t0).square();
  t0 = t1 * y1;
  t1 *= y0;
  return t0.square() * t1;
}

Fq12 pairing_product(std::span<const PairingInput> pairs) { return final_exponentiation(miller_loop(pairs)); }

Fq12 pairing(const G1Affine& p, const G2Affine& q) {
  const PreparedG2 prepared(q);
  const PairingInput input{p, &prepared};
  return pairing_product({&input, 1});
}

}  // namespace proofcard::curve
