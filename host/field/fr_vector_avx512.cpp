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

// Calls body(i, Groups<N>) for N groups of lanes from element i on, N = kGroups while that many are left and 1 after. A
// product is a chain of latencies, and several in step fill the gaps (measured on Zen 5, ns a product: one group 4.2,
// two 3.2, three 2.7, four 2.8).
template <std::size_t N>
struct Groups {};
constexpr std::size_t kGroups = 3;
template <class Body>
[[gnu::always_inline]] inline void for_groups(std::size_t count, const Body& body) {
  std::size_t i = 0;
  for (; i + kGroups * kLanes <= count; i += kGroups * kLanes) {
    body(i, Groups<kGroups>{});
  }
  for (; i < count; i += kLanes) {
    body(i, Groups<1>{});
  }
}

void mul(Word* out, const Word* a, const Word* b, std::size_t count) {
  for_groups(
      count, [&]<std::size_t N>(std::size_t first, Groups<N>) __attribute__((always_inline)) {
        Wide t[N];
        Limbs product[N];
        for (std::size_t n = 0; n < N; ++n) {
          const std::size_t at = kWords * (first + kLanes * n);
          t[n] = ifma52::wide_zero();
          ifma52::mul_add(t[n], ifma52::load_x16(a + at), ifma52::load(b + at));
        }
        F::reduce_raw(product, t);
        for (std::size_t n = 0; n < N; ++n) {
          ifma52::store(out + kWords * (first + kLanes * n), F::canonical<1>(product[n]));
        }
      });
}

// acc[i] += k a[i]. The sums are below 0.19 p + p + p before they are reduced.
void axpy(Word* acc, const Word* k, const Word* a, std::size_t count) {
  const Limbs factor = ifma52::broadcast<4>(k);
  for_groups(
      count, [&]<std::size_t N>(std::size_t first, Groups<N>) __attribute__((always_inline)) {
        Wide t[N];
        Limbs sum[N];
        for (std::size_t n = 0; n < N; ++n) {
          const std::size_t at = kWords * (first + kLanes * n);
          t[n] = ifma52::wide_zero();
          ifma52::mul_add(t[n], factor, ifma52::load(a + at));
          ifma52::add_high(t[n], ifma52::load(acc + at));
        }
        F::reduce_raw(sum, t);
        for (std::size_t n = 0; n < N; ++n) {
          ifma52::store(acc + kWords * (first + kLanes * n), F::canonical<2>(sum[n]));
        }
      });
}

void dot(WideSum* out, const Word* a, const Word* b, std::size_t count) {
  Wide sum[1];
  accumulate(sum, count, [&](std::size_t i) {
    ifma52::mul_add(sum[0], ifma52::load(a + kWords * i), ifma52::load(b + kWords * i));
  });
  store_sum(*out, sum[0]);
}

// The sums are below 2 * 0.19 p + p + p before they are reduced.
void bind_low(Word* out, const Word* t, const Word* r, std::size_t count) {
  const Limbs point = ifma52::broadcast<4>(r);
  for_groups(
      count, [&]<std::size_t N>(std::size_t first, Groups<N>) __attribute__((always_inline)) {
        Wide sum[N];
        Limbs value[N];
        for (std::size_t n = 0; n < N; ++n) {
          const Word* pairs = t + kPair * (first + kLanes * n);
          const Limbs low = ifma52::load<kPair>(pairs), high = ifma52::load<kPair>(pairs + kWords);
          sum[n] = ifma52::wide_zero();
          ifma52::mul_add(sum[n], point, slope(low, high));
          ifma52::add_high(sum[n], low);
        }
        F::reduce_raw(value, sum);
        for (std::size_t n = 0; n < N; ++n) {
          ifma52::store(out + kWords * (first + kLanes * n), F::canonical<2>(value[n]));
        }
      });
}

void eq_step(Word* lo, Word* hi, const Word* r, std::size_t count) {
  const Limbs point = ifma52::broadcast<4>(r);
  for_groups(
      count, [&]<std::size_t N>(std::size_t first, Groups<N>) __attribute__((always_inline)) {
        Wide t[N];
        Limbs old[N], high[N];
        for (std::size_t n = 0; n < N; ++n) {
          old[n] = ifma52::load(lo + kWords * (first + kLanes * n));
          t[n] = ifma52::wide_zero();
          ifma52::mul_add(t[n], point, old[n]);
        }
        F::reduce_raw(high, t);
        for (std::size_t n = 0; n < N; ++n) {
          const std::size_t at = kWords * (first + kLanes * n);
          high[n] = F::canonical<1>(high[n]);
          ifma52::store(hi + at, high[n]);
          ifma52::store(lo + at, F::sub_mod(old[n], high[n]));
        }
      });
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
    Wide t[3] = {ifma52::wide_zero(), ifma52::wide_zero(), ifma52::wide_zero()};
    ifma52::mul_add(t[0], e0, a0);
    ifma52::mul_add(t[1], at_minus_one<16>(e0, e1), at_minus_one<1>(a0, a1));
    ifma52::mul_add(t[2], slope_x16(e0, e1), slope(a0, a1));
    Limbs product[3];
    F::reduce_raw(product, t);  // below 1.19 p, 2.71 p and 1.76 p
    ifma52::mul_add(sums[0], ifma52::carry(product[0]), b0);
    ifma52::mul_add(sums[1], ifma52::carry(product[1]), at_minus_one<1>(b0, b1));
    ifma52::mul_add(sums[2], ifma52::carry(product[2]), slope(b0, b1));
  });
  for (std::size_t k = 0; k < 3; ++k) {
    store_sum(out[k], sums[k]);
  }
}

void round_weighted(WideSum out[2], const Word* a, const Word* b, const Word* w, std::size_t count) {
  Wide sums[2];
  accumulate(sums, count, [&](std::size_t i) {
    const Word *pa = a + kPair * i, *pb = b + kPair * i;
    const Limbs a0 = ifma52::load_x16<kPair>(pa), b0 = ifma52::load<kPair>(pb);
    Wide t[2] = {ifma52::wide_zero(), ifma52::wide_zero()};
    ifma52::mul_add(t[0], a0, b0);
    ifma52::mul_add(t[1], slope_x16(a0, ifma52::load_x16<kPair>(pa + kWords)),
                    slope(b0, ifma52::load<kPair>(pb + kWords)));
    Limbs product[2];
    F::reduce_raw(product, t);  // below 1.19 p and 1.76 p
    const Limbs weight = ifma52::load(w + kWords * i);
    ifma52::mul_add(sums[0], ifma52::carry(product[0]), weight);
    ifma52::mul_add(sums[1], ifma52::carry(product[1]), weight);
  });
  store_sum(out[0], sums[0]);
  store_sum(out[1], sums[1]);
}

void fraction_layer(Word* p_out, Word* q_out, const Word* p0, const Word* p1, const Word* q0, const Word* q1,
                    std::size_t count) {
  for (std::size_t i = 0; i < count; i += kLanes) {
    const Limbs left = ifma52::load_x16(q0 + kWords * i), right = ifma52::load(q1 + kWords * i);
    Wide t[2] = {ifma52::wide_zero(), ifma52::wide_zero()};
    ifma52::mul_add(t[0], left, right);
    ifma52::mul_add(t[1], ifma52::load_x16(p0 + kWords * i), right);
    ifma52::mul_add(t[1], left, ifma52::load(p1 + kWords * i));
    Limbs value[2];
    F::reduce_raw(value, t);  // below 1.19 p and 1.38 p
    ifma52::store(q_out + kWords * i, F::canonical<1>(value[0]));
    ifma52::store(p_out + kWords * i, F::canonical<1>(value[1]));
  }
}

// t = p0 q1 + q0 (p1 + lambda q1), at zero (index 0) and at infinity (1).
void round_fraction(WideSum out[2], const Word* p0, const Word* p1, const Word* q0, const Word* q1, const Word* lambda,
                    const Word* w, std::size_t count) {
  const Limbs factor = ifma52::broadcast<4>(lambda);
  Wide sums[2];
  accumulate(sums, count, [&](std::size_t i) {
    const Word *p0_at = p0 + kPair * i, *p1_at = p1 + kPair * i, *q0_at = q0 + kPair * i, *q1_at = q1 + kPair * i;
    Limbs right[2];
    right[0] = ifma52::load<kPair>(q1_at);
    right[1] = slope(right[0], ifma52::load<kPair>(q1_at + kWords));
    Wide t[2] = {ifma52::wide_zero(), ifma52::wide_zero()};
    Limbs inner[2];
    ifma52::mul_add(t[0], factor, right[0]);
    ifma52::mul_add(t[1], factor, right[1]);
    F::reduce_raw(inner, t);  // below 1.38 p
    const Limbs p10 = ifma52::load<kPair>(p1_at);
    const Limbs p11 = ifma52::load<kPair>(p1_at + kWords);
    inner[0] = ifma52::add(inner[0], p10);
    inner[1] = F::sub<1>(ifma52::add_raw(inner[1], p11), p10);  // below 3.38 p
    const Limbs p00 = ifma52::load_x16<kPair>(p0_at), q00 = ifma52::load_x16<kPair>(q0_at);
    const Limbs p0_slope = slope_x16(p00, ifma52::load_x16<kPair>(p0_at + kWords));
    const Limbs q0_slope = slope_x16(q00, ifma52::load_x16<kPair>(q0_at + kWords));
    t[0] = t[1] = ifma52::wide_zero();
    ifma52::mul_add(t[0], p00, right[0]);
    ifma52::mul_add(t[1], p0_slope, right[1]);
    ifma52::mul_add(t[0], q00, inner[0]);
    ifma52::mul_add(t[1], q0_slope, inner[1]);
    Limbs value[2];
    F::reduce_raw(value, t);  // below 3.1 p
    const Limbs weight = ifma52::load(w + kWords * i);
    ifma52::mul_add(sums[0], ifma52::carry(value[0]), weight);
    ifma52::mul_add(sums[1], ifma52::carry(value[1]), weight);
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
    .round_product3 = round_product3, .round_weighted = round_weighted, .fraction_layer = fraction_layer,
    .round_fraction = round_fraction,
  };
  return kKernels;
}

}  // namespace proofcard::detail
