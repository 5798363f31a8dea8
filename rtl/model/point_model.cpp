#include "rtl/model/point_model.hpp"

namespace proofcard::rtl {

LazyPoint point_add(const LazyPoint& a, const LazyPoint& b) {
  static const Product m_bias = multiple_of_p_squared(26);
  static const Product x_bias = multiple_of_p_squared(23);
  const Product xx = multiply(a.x, b.x);
  const Product yy = multiply(a.y, b.y);
  const Product zz = multiply(a.z, b.z);
  const Product xy = subtract(multiply(add(a.x, a.y), add(b.x, b.y)), add(xx, yy));
  const Product yz = subtract(multiply(add(a.y, a.z), add(b.y, b.z)), add(yy, zz));
  const Product xz = subtract(multiply(add(a.x, a.z), add(b.x, b.z)), add(xx, zz));
  const Product nine_zz = scale(zz, 9);
  const Lazy s = redc(scale(xx, 3));
  const Lazy u = redc(xy);
  const Lazy v = redc(yz);
  const Lazy w = redc(scale(xz, 9));
  const Lazy m = redc(subtract(add(yy, m_bias), nine_zz));
  const Lazy n = redc(add(yy, nine_zz));
  return {reduce_top(redc(subtract(add(multiply(u, m), x_bias), multiply(v, w)))),
          reduce_top(redc(add(multiply(m, n), multiply(w, s)))), reduce_top(redc(add(multiply(n, v), multiply(s, u))))};
}

LazyPoint to_lazy(const curve::G1Affine& p) {
  if (p.is_infinity()) {
    return {Lazy{}, to_lazy(Fq::one()), Lazy{}};
  }
  return {to_lazy(p.x), to_lazy(p.y), to_lazy(Fq::one())};
}

curve::G1Affine to_affine(const LazyPoint& p) {
  const Fq z = to_fq(p.z);
  if (z.is_zero()) {
    return curve::G1Affine::infinity();
  }
  const Fq inverse = z.inverse();
  return {to_fq(p.x) * inverse, to_fq(p.y) * inverse};
}

}  // namespace proofcard::rtl
