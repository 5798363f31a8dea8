#include "host/groth16/ceremony/snarkjs_difference.hpp"

namespace proofcard::groth16 {
namespace {

constexpr U256 kQ = Fq::kModulus;
constexpr std::uint64_t kNegInverse = detail::negative_inverse(kQ[0]);

// A field element as that code holds it: any 256 bits.
struct Raw {
  U256 v{};

  Raw operator+(const Raw& o) const {
    const U256 sum = detail::add(v, o.v);
    const bool carried = detail::less(sum, v);
    return carried || !detail::less(sum, kQ) ? minus_q(sum) : Raw{sum};
  }
  Raw operator-(const Raw& o) const {
    std::uint64_t borrow = 0;
    const U256 difference = detail::subtract(v, o.v, borrow);
    return {borrow != 0 ? detail::add(difference, kQ) : difference};
  }
  // Montgomery's product; without carry out of 257 bits.
  Raw operator*(const Raw& o) const {
    std::array<std::uint64_t, 9> t{};
    const auto add_multiple = [&t](std::size_t at, std::uint64_t factor, const U256& number) {
      std::uint64_t carry = 0;
      for (std::size_t i = 0; at + i < t.size(); ++i) {
        const detail::U128 sum = static_cast<detail::U128>(factor) * (i < 4 ? number[i] : 0) + t[at + i] + carry;
        t[at + i] = static_cast<std::uint64_t>(sum);
        carry = static_cast<std::uint64_t>(sum >> 64);
      }
    };
    for (std::size_t i = 0; i < 4; ++i) {
      add_multiple(i, v[i], o.v);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      add_multiple(i, t[i] * kNegInverse, kQ);
    }
    const U256 high{t[4], t[5], t[6], t[7]};
    return t[8] != 0 || !detail::less(high, kQ) ? minus_q(high) : Raw{high};
  }

 private:
  static Raw minus_q(const U256& a) {
    std::uint64_t borrow = 0;
    return {detail::subtract(a, kQ, borrow)};
  }
};

Fq reduced(const Raw& a) { return Fq::from_u256_reduced(a.v) * Fq::from_montgomery({1, 0, 0, 0}); }

}  // namespace

curve::G1Affine snarkjs_difference(const RawPoint& a, const curve::G1Affine& b) {
  const Raw x1{a[0]}, y1{a[1]}, x2{b.x.montgomery()}, y2{(-b).y.montgomery()};
  const Raw h = x2 - x1, d = y2 - y1, hh = h * h;
  const Raw i = (hh + hh) + (hh + hh), j = h * i, r = d + d, v = x1 * i;
  const Raw x3 = r * r - j - (v + v), yj = y1 * j;
  const Raw y3 = (v - x3) * r - (yj + yj), z3 = h + h;
  const Fq inverse = reduced(z3).inverse();
  const Raw zi{inverse.montgomery()}, zz = zi * zi;
  return {reduced(zz * x3), reduced(zz * (zi * y3))};
}

}  // namespace proofcard::groth16
