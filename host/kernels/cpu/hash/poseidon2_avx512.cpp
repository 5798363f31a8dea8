// Poseidon2 with AVX-512 IFMA, twice eight states in step: of a partial round one S-box is a chain of latencies. Elements are in 2^260 form,
// below 1.2 p between rounds.
#include "host/field/fr.hpp"
#include "host/field/ifma52.hpp"
#include "host/kernels/cpu/hash/poseidon2_kernels.hpp"

namespace proofcard::kernels::detail {
namespace {

using ifma52::Limbs;
using ifma52::Wide;
using ifma52::Word;
using F = ifma52::Field<FrParams>;

constexpr std::size_t kLanes = 8;
constexpr std::size_t kGroups = 2;  // of lanes, in step
constexpr std::size_t kWords = 4;   // of an element in memory
constexpr std::size_t kLimbs = 5;   // of a constant

[[gnu::always_inline]] inline Limbs constant(const Word* limbs) {
  Limbs r;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    r.l[i] = _mm512_set1_epi64(static_cast<long long>(limbs[i]));
  }
  return r;
}

// a mod p, below 1.1 p and normalised, for limbs below 2^62 of a value below 128 p: a - q p for
// q = floor(floor(a / 2^212) c / 2^52), c = floor(2^52 / (p / 2^212 + 1)), which is at most a / p and more than a / p - 1.1.
[[gnu::always_inline]] inline Limbs reduce_small(const Limbs& a) {
  constexpr Word kTop = F::kConstants.multiple[1][4] >> 4;
  const __m512i c = _mm512_set1_epi64(static_cast<long long>((Word{1} << 52) / (kTop + 1)));
  const __m512i q = _mm512_madd52hi_epu64(_mm512_setzero_si512(), _mm512_srli_epi64(a.l[4], 4), c);
  Limbs r = a;  // + q (2^260 - p), less what is above 2^260
  for (int i = 0; i < 5; ++i) {
    const Word complement = ifma52::kMask - F::kConstants.multiple[1][i] + (i == 0 ? 1 : 0);
    const __m512i minus_p = _mm512_set1_epi64(static_cast<long long>(complement));
    r.l[i] = _mm512_madd52lo_epu64(r.l[i], q, minus_p);
    if (i < 4) {
      r.l[i + 1] = _mm512_madd52hi_epu64(r.l[i + 1], q, minus_p);
    }
  }
  r = ifma52::carry(r);
  r.l[4] = _mm512_and_si512(r.l[4], ifma52::mask52());
  return r;
}

// x[n]^5, below (1 + 0.0119 * 2 * 1.1) p for x below 2.3 p. Several in step, for each is a chain of latencies.
template <std::size_t N>
[[gnu::always_inline]] inline void power_5(Limbs* x) {
  Limbs base[N], square[N], fourth[N], out[N];
  for (std::size_t n = 0; n < N; ++n) {
    base[n] = x[n];
  }
  F::square_many(square, base);
  F::square_many(fourth, square);
  F::mul_many(out, fourth, base);
  for (std::size_t n = 0; n < N; ++n) {
    x[n] = out[n];
  }
}

// Sums without carries: at most 16 times the largest.
[[gnu::always_inline]] inline void multiply_m4(Limbs* x) {
  using ifma52::add_raw;
  const Limbs a = add_raw(x[0], x[1]), b = add_raw(x[2], x[3]);
  const Limbs c = add_raw(add_raw(x[1], x[1]), b), d = add_raw(add_raw(x[3], x[3]), a);
  const Limbs b2 = add_raw(b, b), a2 = add_raw(a, a);
  const Limbs e = add_raw(add_raw(b2, b2), d), f = add_raw(add_raw(a2, a2), c);
  x[0] = add_raw(d, f);
  x[1] = f;
  x[2] = add_raw(c, e);
  x[3] = e;
}

// M_E x, plus the next round's constants: of the first num_constants elements. At most 80 * 1.2 p before it is reduced.
template <std::size_t T>
[[gnu::always_inline]] inline void external(Limbs* x, const Word* constants, std::size_t num_constants) {
  for (std::size_t i = 0; i < T; i += 4) {
    multiply_m4(x + i);
  }
  Limbs sums[4];
  for (std::size_t j = 0; j < 4; ++j) {
    sums[j] = x[j];
    for (std::size_t i = j + 4; i < T; i += 4) {
      sums[j] = ifma52::add_raw(sums[j], x[i]);
    }
  }
  for (std::size_t i = 0; i < T; ++i) {
    Limbs sum = T > 4 ? ifma52::add_raw(x[i], sums[i % 4]) : x[i];
    if (i < num_constants) {
      sum = ifma52::add_raw(sum, constant(constants + kLimbs * i));
    }
    x[i] = reduce_small(sum);
  }
}

// S + d x for a small number d. Below 17 * 1.2 p + 33 * 1.2 p before it is reduced.
[[gnu::always_inline]] inline Limbs add_small_product(const Limbs& sum, const Limbs& x, Word d) {
  const __m512i factor = _mm512_set1_epi64(static_cast<long long>(d));
  Limbs r = sum;
  for (int i = 0; i < 5; ++i) {
    r.l[i] = _mm512_madd52lo_epu64(r.l[i], x.l[i], factor);
  }
  for (int i = 0; i < 4; ++i) {
    r.l[i + 1] = _mm512_madd52hi_epu64(r.l[i + 1], x.l[i], factor);
  }
  return r;
}

// M_I x, plus the next round's constant on element 0.
template <std::size_t T>
[[gnu::always_inline]] inline void internal(Limbs* x, const Poseidon2Limbs& p, const Limbs& next) {
  Limbs sum = x[1];
  for (std::size_t i = 2; i < T; ++i) {
    sum = ifma52::add_raw(sum, x[i]);
  }
  sum = ifma52::add_raw(sum, x[0]);
  if constexpr (T == 4) {
    const Limbs reduced = reduce_small(sum);
    Wide t[T];
    Limbs out[T];
    for (std::size_t i = 0; i < T; ++i) {
      t[i] = ifma52::wide_zero();
      ifma52::mul_add(t[i], x[i], constant(p.diagonal + kLimbs * i));
      ifma52::add_high(t[i], reduced);
    }
    ifma52::add_high(t[0], next);
    F::reduce_raw(out, t);
    for (std::size_t i = 0; i < T; ++i) {
      x[i] = reduce_small(out[i]);
    }
  } else {
    x[0] = reduce_small(add_small_product(ifma52::add_raw(sum, next), x[0], p.small_diagonal[0]));
    for (std::size_t i = 1; i < T; ++i) {
      x[i] = reduce_small(add_small_product(sum, x[i], p.small_diagonal[i]));
    }
  }
}

// Half of the full rounds. The constants of the first were added; those of the round behind the last are of num_behind elements.
template <std::size_t T>
[[gnu::always_inline]] inline void full_rounds(Limbs* x, const Word* constants, const Word* behind,
                                               std::size_t num_behind) {
  constexpr std::size_t kRounds = 4;
  for (std::size_t r = 1; r <= kRounds; ++r) {
    for (std::size_t i = 0; i < T; i += 4) {
      power_5<4>(x + i);
    }
    external<T>(x, r < kRounds ? constants + kLimbs * T * r : behind, r < kRounds ? T : num_behind);
  }
}

// x^5 of element 0 of all groups.
template <std::size_t T>
[[gnu::always_inline]] inline void power_5_of_first(Limbs (*x)[T]) {
  Limbs firsts[kGroups];
  for (std::size_t g = 0; g < kGroups; ++g) {
    firsts[g] = x[g][0];
  }
  power_5<kGroups>(firsts);
  for (std::size_t g = 0; g < kGroups; ++g) {
    x[g][0] = firsts[g];
  }
}

template <std::size_t T>
void first_of_width(Word* out, const Word* const* in, std::size_t num_in, const Poseidon2Limbs& p, bool feed_forward,
                    std::size_t count) {
  const Word* const last_half = p.full + kLimbs * T * 4;
  Limbs x[kGroups][T];
  for (std::size_t first = 0; first < count; first += kGroups * kLanes) {
    for (std::size_t g = 0; g < kGroups; ++g) {
      for (std::size_t j = 0; j < T; ++j) {
        x[g][j] = j < num_in ? reduce_small(ifma52::load_x16(in[j] + kWords * (first + kLanes * g))) : ifma52::zero();
      }
      external<T>(x[g], p.full, T);
      full_rounds<T>(x[g], p.full, p.partial, 1);
    }
    for (std::size_t r = 1; r <= p.num_partial; ++r) {
      const Limbs next = constant(r < p.num_partial ? p.partial + kLimbs * r : last_half);
      power_5_of_first<T>(x);
      for (std::size_t g = 0; g < kGroups; ++g) {
        internal<T>(x[g], p, next);
      }
    }
    for (std::size_t g = 0; g < kGroups; ++g) {
      for (std::size_t i = 1; i < T; ++i) {
        x[g][i] = reduce_small(ifma52::add_raw(x[g][i], constant(last_half + kLimbs * i)));
      }
      full_rounds<T>(x[g], last_half, nullptr, 0);
      Limbs result = F::div16(x[g][0]);
      if (feed_forward) {
        result = ifma52::add_raw(result, ifma52::load(in[0] + kWords * (first + kLanes * g)));
      }
      ifma52::store(out + kWords * (first + kLanes * g), F::canonical<2>(result));
    }
  }
}

void first(Word* out, const Word* const* in, std::size_t num_in, const Poseidon2Limbs& p, bool feed_forward,
           std::size_t count) {
  if (p.width == 4) {
    first_of_width<4>(out, in, num_in, p, feed_forward, count);
  } else if (p.width == 8) {
    first_of_width<8>(out, in, num_in, p, feed_forward, count);
  } else {
    first_of_width<16>(out, in, num_in, p, feed_forward, count);
  }
}

}  // namespace

const Poseidon2Kernel& poseidon2_avx512() {
  static constexpr Poseidon2Kernel kKernel{"cpu-avx512", kGroups * kLanes, first};
  return kKernel;
}

}  // namespace proofcard::kernels::detail
