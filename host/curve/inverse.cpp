#include "host/curve/inverse.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace proofcard::curve {
namespace {

constexpr unsigned kStepsPerRun = 62;
constexpr std::size_t kNumLimbs = 5;
constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << 62) - 1;

__extension__ using Int128 = __int128;

// sum_i limb[i] * 2^(62 i); limbs 0..3 in [0, 2^62), the last one carries the sign.
using Signed62 = std::array<std::int64_t, kNumLimbs>;

constexpr Signed62 to_signed62(const U256& v) {
  Signed62 r{};
  for (std::size_t i = 0; i < kNumLimbs; ++i) {
    const std::size_t word = 62 * i / 64, shift = 62 * i % 64;
    std::uint64_t limb = v[word] >> shift;
    if (shift > 2 && word < 3) {
      limb |= v[word + 1] << (64 - shift);
    }
    r[i] = static_cast<std::int64_t>(limb & kLimbMask);
  }
  return r;
}

// Pre: 0 <= v < 2^256.
U256 from_signed62(const Signed62& v) {
  U256 r{};
  for (std::size_t i = 0; i < kNumLimbs; ++i) {
    const std::size_t word = 62 * i / 64, shift = 62 * i % 64;
    const auto limb = static_cast<std::uint64_t>(v[i]);
    r[word] |= limb << shift;
    if (shift > 2 && word < 3) {
      r[word + 1] |= limb >> (64 - shift);
    }
  }
  return r;
}

constexpr Signed62 kQ = to_signed62(Fq::kModulus);
constexpr std::uint64_t kInverseOfQ = (0 - detail::negative_inverse(Fq::kModulus[0])) & kLimbMask;

// 2^62 times the effect of a run: f' = (u f + v g) / 2^62, g' = (q f + r g) / 2^62. |u| + |v| and |q| + |r| <= 2^62.
struct Matrix {
  std::int64_t u, v, q, r;
};

// One run of division steps (delta, f, g), of which only the low words of f and g matter. f is odd.
Matrix run_steps(std::int64_t& delta, std::uint64_t f, std::uint64_t g) {
  std::uint64_t u = 1, v = 0, q = 0, r = 1;
  unsigned left = kStepsPerRun;
  while (true) {
    // Steps with g even: g / 2, which doubles the row of f relative to it.
    const auto zeros = std::min(static_cast<unsigned>(std::countr_zero(g)), left);
    g >>= zeros;
    u <<= zeros;
    v <<= zeros;
    delta += zeros;
    left -= zeros;
    if (left == 0) {
      break;
    }
    if (delta > 0) {
      delta = -delta;
      std::swap(f, g);
      std::swap(u, q);
      std::swap(v, r);
      g = 0 - g;
      q = 0 - q;
      r = 0 - r;
    }
    // While delta <= 0 nothing is exchanged, so the next steps add a multiple of f that clears as many low bits of g.
    // f (2 - f^2) is 1 / f modulo 2^6.
    const unsigned bits = static_cast<unsigned>(std::min<std::int64_t>({1 - delta, left, 6}));
    const std::uint64_t w = g * f * (f * f - 2) & ((std::uint64_t{1} << bits) - 1);
    g += w * f;
    q += w * u;
    r += w * v;
  }
  return {static_cast<std::int64_t>(u), static_cast<std::int64_t>(v), static_cast<std::int64_t>(q),
          static_cast<std::int64_t>(r)};
}

// (a x + b y) / 2^62, which is exact.
Signed62 combine(std::int64_t a, const Signed62& x, std::int64_t b, const Signed62& y) {
  Signed62 out{};
  Int128 sum = static_cast<Int128>(a) * x[0] + static_cast<Int128>(b) * y[0];
  sum >>= 62;
  for (std::size_t i = 1; i < kNumLimbs; ++i) {
    sum += static_cast<Int128>(a) * x[i] + static_cast<Int128>(b) * y[i];
    out[i - 1] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) & kLimbMask);
    sum >>= 62;
  }
  out[kNumLimbs - 1] = static_cast<std::int64_t>(sum);
  return out;
}

// (a x + b y) / 2^62 mod q. Inputs and output in (-2q, q).
Signed62 combine_mod(std::int64_t a, const Signed62& x, std::int64_t b, const Signed62& y) {
  // Counts q once where x or y is negative, which brings them to (-q, q); then takes away what makes the sum divisible.
  std::int64_t k = (x[kNumLimbs - 1] < 0 ? a : 0) + (y[kNumLimbs - 1] < 0 ? b : 0);
  Int128 sum = static_cast<Int128>(a) * x[0] + static_cast<Int128>(b) * y[0];
  k -= static_cast<std::int64_t>((static_cast<std::uint64_t>(sum) * kInverseOfQ + static_cast<std::uint64_t>(k)) &
                                 kLimbMask);
  Signed62 out{};
  sum += static_cast<Int128>(k) * kQ[0];
  sum >>= 62;
  for (std::size_t i = 1; i < kNumLimbs; ++i) {
    sum += static_cast<Int128>(a) * x[i] + static_cast<Int128>(b) * y[i] + static_cast<Int128>(k) * kQ[i];
    out[i - 1] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) & kLimbMask);
    sum >>= 62;
  }
  out[kNumLimbs - 1] = static_cast<std::int64_t>(sum);
  return out;
}

// x + k q or, for sign = -1, -x + k q, with carries.
Signed62 add_multiple(const Signed62& x, std::int64_t sign, std::int64_t k) {
  Signed62 out{};
  Int128 sum = 0;
  for (std::size_t i = 0; i < kNumLimbs; ++i) {
    sum += static_cast<Int128>(sign) * x[i] + static_cast<Int128>(k) * kQ[i];
    out[i] = i + 1 < kNumLimbs ? static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) & kLimbMask)
                               : static_cast<std::int64_t>(sum);
    sum >>= 62;
  }
  return out;
}

bool is_zero(const Signed62& x) { return (x[0] | x[1] | x[2] | x[3] | x[4]) == 0; }

constexpr Fq kRCubed = Fq::from_montgomery(detail::power_of_two_mod(768, Fq::kModulus));

}  // namespace

Fq inverse_vartime(const Fq& a) {
  if (a.is_zero()) {
    return a;
  }
  // Invariant: f = d * input and g = e * input, mod q.
  Signed62 f = kQ, g = to_signed62(a.montgomery());
  Signed62 d{}, e{1};
  std::int64_t delta = 1;
  while (!is_zero(g)) {
    const Matrix m = run_steps(delta, static_cast<std::uint64_t>(f[0]) | static_cast<std::uint64_t>(f[1]) << 62,
                               static_cast<std::uint64_t>(g[0]) | static_cast<std::uint64_t>(g[1]) << 62);
    const Signed62 next_d = combine_mod(m.u, d, m.v, e);
    e = combine_mod(m.q, d, m.r, e);
    d = next_d;
    const Signed62 next_f = combine(m.u, f, m.v, g);
    g = combine(m.q, f, m.r, g);
    f = next_f;
  }
  // f is 1 or -1, and d its sign times the inverse, in (-2q, q).
  const bool negative = f[kNumLimbs - 1] < 0;
  Signed62 r = add_multiple(d, negative ? -1 : 1, negative ? 0 : 2);  // in (-q, 3q)
  while (r[kNumLimbs - 1] < 0) {
    r = add_multiple(r, 1, 1);
  }
  U256 words = from_signed62(r);
  std::uint64_t borrow = 0;
  while (!detail::less(words, Fq::kModulus)) {
    words = detail::subtract(words, Fq::kModulus, borrow);
  }
  // The input was a R, so this is a^-1 / R; the product with R^3 divides by R once.
  return Fq::from_montgomery(words) * kRCubed;
}

}  // namespace proofcard::curve
