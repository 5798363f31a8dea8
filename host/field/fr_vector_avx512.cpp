#include "host/field/fr.hpp"
#include "host/field/fr_vector_kernels.hpp"
#include "host/field/ifma52.hpp"

namespace proofcard::detail {
namespace {

using ifma52::Limbs;
using ifma52::Wide;
using ifma52::Word;
using F = ifma52::Field<FrParams>;

constexpr std::size_t kWords = 4;          // of an element
constexpr std::size_t kPair = 2 * kWords;  // the stride between elements of the same parity

// Runs body(i) for i = 0, kLanes, ... and moves the carries of the sums before they can overflow.
template <std::size_t Count, class Body>
[[gnu::always_inline]] inline void accumulate(Wide (&sums)[Count], std::size_t count, const Body& body) {
  for (auto& sum : sums) {
    sum = ifma52::wide_zero();
  }
  for (std::size_t i = 0; i < count;) {
    const std::size_t limit = i + kLanes * (ifma52::kProductsPerCarry - 1);
    const std::size_t stop = limit < count ? limit : count;
    for (; i < stop; i += kLanes) {
      body(i);
    }
    for (auto& sum : sums) {
      ifma52::carry_wide(sum);
    }
  }
}

// Adds the lanes and turns columns into words. Pre: carries moved.
void store_sum(WideSum& out, const Wide& sum) {
  __extension__ using Word128 = unsigned __int128;
  for (Word& word : out.words) {
    word = 0;
  }
  for (std::size_t k = 0; k < 10; ++k) {
    alignas(64) Word lanes[kLanes];
    _mm512_store_si512(lanes, sum.c[k]);
    Word column = 0;
    for (const Word lane : lanes) {
      column += lane;
    }
    const std::size_t word = 52 * k / 64, shift = 52 * k % 64;
    Word128 carry = static_cast<Word128>(column) << shift;
    for (std::size_t i = word; i < 9; ++i) {
      carry += out.words[i];
      out.words[i] = static_cast<Word>(carry);
      carry >>= 64;
    }
  }
}

// t[2i+1] - t[2i] + p, from loads of the two.
[[gnu::always_inline]] inline Limbs slope(const Limbs& low, const Limbs& high) { return F::sub<1>(high, low); }
// The same for loads that multiply by 16.
[[gnu::always_inline]] inline Limbs slope_x16(const Limbs& low, const Limbs& high) { return F::sub<16>(high, low); }

void mul(Word* out, const Word* a, const Word* b, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kLanes) {
    const Limbs product = F::mul(ifma52::load_x16(a + kWords * i), ifma52::load(b + kWords * i));
    ifma52::store(out + kWords * i, F::reduce_once(product));
  }
}

// a16 b / 2^260 + c, canonical. Pre: a16 <= 16 p, b <= 2 p, c < p; so the sum is below 2.38 p before it is reduced.
[[gnu::always_inline]] inline Limbs mul_add_canonical(const Limbs& a16, const Limbs& b, const Limbs& c) {
  Wide t = ifma52::wide_zero();
  ifma52::mul_add(t, a16, b);
  ifma52::add_high(t, c);
  return F::reduce_once(F::reduce_once(F::reduce(t)));
}

void axpy(Word* acc, const Word* k, const Word* a, std::size_t count) {
  const Limbs factor = ifma52::broadcast<4>(k);
  for (std::size_t i = 0; i < count; i += kLanes) {
    const Limbs old = ifma52::load(acc + kWords * i);
    ifma52::store(acc + kWords * i, mul_add_canonical(factor, ifma52::load(a + kWords * i), old));
  }
}

void dot(WideSum* out, const Word* a, const Word* b, std::size_t count) {
  Wide sum[1];
  accumulate(sum, count, [&](std::size_t i) {
    ifma52::mul_add(sum[0], ifma52::load(a + kWords * i), ifma52::load(b + kWords * i));
  });
  store_sum(*out, sum[0]);
}

void bind_low(Word* out, const Word* t, const Word* r, std::size_t count) {
  const Limbs point = ifma52::broadcast<4>(r);
  for (std::size_t i = 0; i < count; i += kLanes) {
    const Word* pairs = t + kPair * i;
    const Limbs low = ifma52::load<kPair>(pairs), high = ifma52::load<kPair>(pairs + kWords);
    ifma52::store(out + kWords * i, mul_add_canonical(point, slope(low, high), low));
  }
}

void eq_step(Word* lo, Word* hi, const Word* r, std::size_t count) {
  const Limbs point = ifma52::broadcast<4>(r);
  for (std::size_t i = 0; i < count; i += kLanes) {
    const Limbs old = ifma52::load(lo + kWords * i);
    const Limbs high = F::reduce_once(F::mul(point, old));
    ifma52::store(hi + kWords * i, high);
    ifma52::store(lo + kWords * i, F::sub_mod(old, high));
  }
}

void round_product2(WideSum out[2], const Word* a, const Word* b, std::size_t count) {
  Wide sums[2];
  accumulate(sums, count, [&](std::size_t i) {
    const Word *pa = a + kPair * i, *pb = b + kPair * i;
    const Limbs a0 = ifma52::load<kPair>(pa), b0 = ifma52::load<kPair>(pb);
    ifma52::mul_add(sums[0], a0, b0);
    const Limbs a1 = ifma52::load<kPair>(pa + kWords), b1 = ifma52::load<kPair>(pb + kWords);
    ifma52::mul_add(sums[1], slope(a0, a1), slope(b0, b1));
  });
  store_sum(out[0], sums[0]);
  store_sum(out[1], sums[1]);
}

// 2 low - high + K p: the line through (0, low) and (1, high) at -1. Below 3 p for K = 1.
template <int K>
[[gnu::always_inline]] inline Limbs at_minus_one(const Limbs& low, const Limbs& high) {
  return F::sub<K>(ifma52::add_raw(low, low), high);
}

void round_product3(WideSum out[3], const Word* e, const Word* a, const Word* b, std::size_t count) {
  Wide sums[3];
  accumulate(sums, count, [&](std::size_t i) {
    const Word *pe = e + kPair * i, *pa = a + kPair * i, *pb = b + kPair * i;
    const Limbs e0 = ifma52::load_x16<kPair>(pe), e1 = ifma52::load_x16<kPair>(pe + kWords);
    const Limbs a0 = ifma52::load<kPair>(pa), a1 = ifma52::load<kPair>(pa + kWords);
    const Limbs b0 = ifma52::load<kPair>(pb), b1 = ifma52::load<kPair>(pb + kWords);
    ifma52::mul_add(sums[0], F::mul(e0, a0), b0);
    ifma52::mul_add(sums[1], F::mul(at_minus_one<16>(e0, e1), at_minus_one<1>(a0, a1)), at_minus_one<1>(b0, b1));
    ifma52::mul_add(sums[2], F::mul(slope_x16(e0, e1), slope(a0, a1)), slope(b0, b1));
  });
  for (std::size_t k = 0; k < 3; ++k) {
    store_sum(out[k], sums[k]);
  }
}

void fraction_layer(Word* p_out, Word* q_out, const Word* p0, const Word* p1, const Word* q0, const Word* q1,
                    std::size_t count) {
  for (std::size_t i = 0; i < count; i += kLanes) {
    const Limbs left = ifma52::load_x16(q0 + kWords * i), right = ifma52::load(q1 + kWords * i);
    const Limbs q = F::reduce_once(F::mul(left, right));
    Wide t = ifma52::wide_zero();
    ifma52::mul_add(t, ifma52::load_x16(p0 + kWords * i), right);
    ifma52::mul_add(t, left, ifma52::load(p1 + kWords * i));
    ifma52::store(p_out + kWords * i, F::reduce_once(F::reduce(t)));
    ifma52::store(q_out + kWords * i, q);
  }
}

// p0 q1 + q0 (p1 + lambda q1), below 3.1 p. Pre: p0, q0 are 16 times values below 2 p; p1, q1 below 2 p.
[[gnu::always_inline]] inline Limbs fraction_sum(const Limbs& p0_x16, const Limbs& p1, const Limbs& q0_x16,
                                                 const Limbs& q1, const Limbs& lambda_x16) {
  Wide t = ifma52::wide_zero();
  ifma52::mul_add(t, p0_x16, q1);
  ifma52::mul_add(t, q0_x16, ifma52::add(p1, F::mul(lambda_x16, q1)));
  return F::reduce(t);
}

void round_fraction(WideSum out[2], const Word* p0, const Word* p1, const Word* q0, const Word* q1, const Word* lambda,
                    const Word* w, std::size_t count) {
  const Limbs factor = ifma52::broadcast<4>(lambda);
  Wide sums[2];
  accumulate(sums, count, [&](std::size_t i) {
    const Word *p0_at = p0 + kPair * i, *p1_at = p1 + kPair * i, *q0_at = q0 + kPair * i, *q1_at = q1 + kPair * i;
    const Limbs weight = ifma52::load(w + kWords * i);
    const Limbs p00 = ifma52::load_x16<kPair>(p0_at), p10 = ifma52::load<kPair>(p1_at);
    const Limbs q00 = ifma52::load_x16<kPair>(q0_at), q10 = ifma52::load<kPair>(q1_at);
    ifma52::mul_add(sums[0], fraction_sum(p00, p10, q00, q10, factor), weight);
    const Limbs dp0 = slope_x16(p00, ifma52::load_x16<kPair>(p0_at + kWords));
    const Limbs dp1 = slope(p10, ifma52::load<kPair>(p1_at + kWords));
    const Limbs dq0 = slope_x16(q00, ifma52::load_x16<kPair>(q0_at + kWords));
    const Limbs dq1 = slope(q10, ifma52::load<kPair>(q1_at + kWords));
    ifma52::mul_add(sums[1], fraction_sum(dp0, dp1, dq0, dq1, factor), weight);
  });
  store_sum(out[0], sums[0]);
  store_sum(out[1], sums[1]);
}

}  // namespace

const FrVectorKernels& fr_vector_avx512() {
  static constexpr FrVectorKernels kKernels {
#if defined(__AVX512IFMA__)
    .compiled_for = Isa::kAvx512,
#endif
    .mul = mul, .axpy = axpy, .dot = dot, .bind_low = bind_low, .eq_step = eq_step, .round_product2 = round_product2,
    .round_product3 = round_product3, .fraction_layer = fraction_layer, .round_fraction = round_fraction,
  };
  return kKernels;
}

}  // namespace proofcard::detail
