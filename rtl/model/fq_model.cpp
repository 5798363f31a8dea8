#include "rtl/model/fq_model.hpp"

namespace proofcard::rtl {
namespace {

using detail::U128;

constexpr Lazy kP{Fq::kModulus[0], Fq::kModulus[1], Fq::kModulus[2], Fq::kModulus[3], 0};
constexpr std::uint64_t kNegInv = 0x866389;  // -1/p mod 2^26
constexpr std::uint64_t low_bits(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }
constexpr std::uint64_t low(U128 v) { return static_cast<std::uint64_t>(v); }

constexpr Lazy add_words(const Lazy& a, const Lazy& b) {
  Lazy r{};
  U128 carry = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    carry += static_cast<U128>(a[i]) + b[i];
    r[i] = low(carry);
    carry >>= 64;
  }
  return r;
}

constexpr Lazy scale_words(const Lazy& a, std::uint64_t factor) {
  Lazy r{};
  U128 carry = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    carry += static_cast<U128>(a[i]) * factor;
    r[i] = low(carry);
    carry >>= 64;
  }
  return r;
}

// Pre: 0 < bits < 64.
constexpr Lazy shift_right(const Lazy& a, unsigned bits) {
  Lazy r{};
  for (std::size_t i = 0; i < r.size(); ++i) {
    r[i] = (a[i] >> bits) | (i + 1 < a.size() ? a[i + 1] << (64 - bits) : 0);
  }
  return r;
}

// (m p + 1) / 2^bits, where m = -1/p mod 2^bits.
constexpr Lazy digit_constant(unsigned bits) {
  return shift_right(add_words(scale_words(kP, kNegInv & low_bits(bits)), Lazy{1, 0, 0, 0, 0}), bits);
}
constexpr Lazy kK22 = digit_constant(22);
constexpr Lazy kK26 = digit_constant(26);

// a - b, two's complement.
constexpr Lazy subtract_words(const Lazy& a, const Lazy& b) {
  Lazy inverted{};
  for (std::size_t i = 0; i < b.size(); ++i) {
    inverted[i] = ~b[i];
  }
  return add_words(add_words(a, inverted), Lazy{1, 0, 0, 0, 0});
}
constexpr bool negative(const Lazy& a) { return (a[4] >> 63) != 0; }

// floor(h * 2^253 / p) * p, for h < 32.
constexpr std::array<Lazy, 32> make_top_multiples() {
  std::array<Lazy, 32> table{};
  for (std::size_t h = 0; h < table.size(); ++h) {
    const Lazy value{0, 0, 0, h << 61, h >> 3};
    Lazy multiple{};
    while (!negative(subtract_words(value, add_words(multiple, kP)))) {
      multiple = add_words(multiple, kP);
    }
    table[h] = multiple;
  }
  return table;
}
constexpr std::array<Lazy, 32> kTopMultiples = make_top_multiples();

}  // namespace

Product multiply(const Lazy& a, const Lazy& b) {
  Product r{};
  for (std::size_t i = 0; i < b.size(); ++i) {
    U128 carry = 0;
    for (std::size_t j = 0; j < a.size(); ++j) {
      carry += static_cast<U128>(a[j]) * b[i] + r[i + j];
      r[i + j] = low(carry);
      carry >>= 64;
    }
    r[i + a.size()] = low(carry);
  }
  return r;
}

Product add(const Product& a, const Product& b) {
  Product r{};
  U128 carry = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    carry += static_cast<U128>(a[i]) + b[i];
    r[i] = low(carry);
    carry >>= 64;
  }
  return r;
}

Product subtract(const Product& a, const Product& b) {
  Product r{};
  U128 carry = 1;
  for (std::size_t i = 0; i < r.size(); ++i) {
    carry += static_cast<U128>(a[i]) + ~b[i];
    r[i] = low(carry);
    carry >>= 64;
  }
  return r;
}

Product scale(const Product& a, std::uint64_t factor) {
  Product r{};
  U128 carry = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    carry += static_cast<U128>(a[i]) * factor;
    r[i] = low(carry);
    carry >>= 64;
  }
  return r;
}

Product multiple_of_p_squared(std::uint64_t factor) { return scale(multiply(kP, kP), factor); }

Lazy redc(const Product& t) {
  Lazy state{t[0], t[1], t[2], t[3], 0};
  state = add_words(shift_right(state, 22), scale_words(kK22, state[0] & low_bits(22)));
  for (int digit = 0; digit < 8; ++digit) {
    state = add_words(shift_right(state, 26), scale_words(kK26, state[0] & low_bits(26)));
  }
  const std::uint64_t quotient = (state[0] * kNegInv) & low_bits(26);
  state = shift_right(add_words(state, scale_words(kP, quotient)), 26);
  return add_words(state, Lazy{t[4], t[5], t[6], t[7], t[8]});
}

Lazy add(const Lazy& a, const Lazy& b) { return add_words(a, b); }

Lazy reduce_top(const Lazy& a) {
  const std::uint64_t h = ((a[3] >> 61) | (a[4] << 3)) & low_bits(5);
  return subtract_words(a, kTopMultiples[h]);
}

Lazy to_lazy(const Fq& a) {
  const U256& w = a.montgomery();
  return {w[0], w[1], w[2], w[3], 0};
}

Fq to_fq(const Lazy& a) {
  Lazy r = a;
  for (Lazy next = subtract_words(r, kP); !negative(next); next = subtract_words(r, kP)) {
    r = next;
  }
  return Fq::from_montgomery({r[0], r[1], r[2], r[3]});
}

}  // namespace proofcard::rtl
