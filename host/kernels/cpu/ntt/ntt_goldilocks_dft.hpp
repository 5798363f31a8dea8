// Transforms of up to 2^7 vectors over Goldilocks for ntt_pass.hpp, generic in the register. In an unnamed namespace
// for the same reason.
//
// Method:  the 64th roots of unity are powers of two, because 2^96 = -1 mod p, so up to 2^6 no root costs more than
//          shifts, one 32-bit product and a correction. Radix 8 by decimation in frequency, the last eight or fewer
//          vectors in registers.
// Order:   from natural to bit-reversed.
// Range:   a value is any 64-bit word. What the second operand of a sum may be, so that one correction is enough, is at
//          most p: called small here. Inputs of a transform are small, but for the first, which may be any; outputs are
//          any.
//
// A, the arithmetic of registers of words, has: Register, load(p), store(p, r),
//   add(a, b), subtract(a, b)     b small; the result is any
//   small(a)                      the same element
//   negate(a)                     a small; the result is small
//   shift_left<K>(a), 0 < K < 32; shift_middle<K>(a), 32 <= K < 64   2^K a, small
//   shift_right<K>(a), minus_shift_right<K>(a), 0 < K <= 32          2^-K a and -2^-K a, small
//   multiply(a, const Word* factor)                                  small; the factor is the same in each lane
#pragma once

#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

#include "host/field/goldilocks.hpp"
#include "host/field/two_adic.hpp"
#include "host/kernels/cpu/ntt/ntt_kernels.hpp"

namespace proofcard::kernels::ntt_cpu {
namespace {

constexpr unsigned kMaxLogDft = 7;

// k with 2^k = root_of_unity(6), or of its inverse.
constexpr unsigned log_of_root64(bool inverse) {
  Goldilocks power = Goldilocks::one();
  unsigned k = 0;
  while (!(power == root_of_unity<Goldilocks>(6))) {
    power = power + power;
    ++k;
  }
  return inverse ? 192 - k : k;
}

// Powers 0 .. 63 of the root of order 128.
constexpr std::array<Word, 64> powers_of_root128(bool inverse) {
  std::array<Word, 64> out{};
  const Goldilocks root = inverse ? root_of_unity<Goldilocks>(7).inverse() : root_of_unity<Goldilocks>(7);
  Goldilocks power = Goldilocks::one();
  for (Word& w : out) {
    w = power.canonical();
    power *= root;
  }
  return out;
}

template <class A, bool Inverse>
class GoldilocksDft {
 public:
  using Register = typename A::Register;

  // From v, which is overwritten, to out, which may be v with the same stride. Strides are in registers. Factors:
  // nothing, or one a vector to multiply it by before, the first of which is taken for one.
  template <unsigned LogLen, bool Factors>
  [[gnu::noinline]] static void run(Register* v, std::size_t stride, Register* out, std::size_t out_stride,
                                    const Word* factors) {
    transform<LogLen, Factors>(v, stride, out, out_stride, factors);
  }

 private:
  // Of the root of order 2^log_len, to the power j.
  static constexpr unsigned log_of_root(unsigned log_len, unsigned j) {
    return (log_of_root64(Inverse) << (6 - log_len)) * j % 192;
  }

  // 2^K a.
  template <unsigned K>
  [[gnu::always_inline]] static Register times_power(Register a) {
    static_assert(0 < K && K < 192 && K != 96);
    if constexpr (K < 32) {
      return A::template shift_left<K>(a);
    } else if constexpr (K < 64) {
      return A::template shift_middle<K>(a);
    } else if constexpr (K < 96) {
      return A::template minus_shift_right<96 - K>(a);
    } else if constexpr (K < 160) {
      return A::negate(times_power<K - 96>(a));
    } else {
      return A::template shift_right<192 - K>(a);
    }
  }

  // (a, b) to (a + 2^K b, a - 2^K b). Pre: b is small if K = 0.
  template <unsigned K>
  [[gnu::always_inline]] static void butterfly(Register& a, Register& b) {
    Register c = b;
    if constexpr (K % 96 != 0) {
      c = times_power<K % 96>(b);
    }
    const Register sum = A::add(a, c), difference = A::subtract(a, c);
    a = K < 96 ? sum : difference;
    b = K < 96 ? difference : sum;
  }

  // In place, to natural order. Pre: c and d are small.
  [[gnu::always_inline]] static void four(Register& a, Register& b, Register& c, Register& d) {
    butterfly<0>(a, c);
    butterfly<0>(b, d);
    b = A::small(b);
    butterfly<0>(a, b);
    butterfly<log_of_root(2, 1)>(c, d);
    std::swap(b, c);
  }
  // Pre: x[4] to x[7] are small.
  [[gnu::always_inline]] static void eight(Register (&x)[8]) {
    four(x[0], x[2], x[4], x[6]);
    four(x[1], x[3], x[5], x[7]);
    x[1] = A::small(x[1]);
    butterfly<0>(x[0], x[1]);
    butterfly<log_of_root(3, 1)>(x[2], x[3]);
    butterfly<log_of_root(3, 2)>(x[4], x[5]);
    butterfly<log_of_root(3, 3)>(x[6], x[7]);
    // x[2 k] and x[2 k + 1] are outputs k and k + 4: bit-reversed is 0, 4, 2, 6, 1, 5, 3, 7.
    std::swap(x[2], x[4]);
    std::swap(x[3], x[5]);
  }

  template <bool Factors>
  [[gnu::always_inline]] static Register load(const Register* v, std::size_t stride, const Word* factors,
                                              std::size_t i) {
    const Register x = A::load(v + i * stride);
    return Factors && i != 0 ? A::multiply(x, factors + i) : x;
  }

  // Outputs q of eight() times the root of the whole transform to the power J q, for the transforms of 2^LogPart that
  // are left.
  template <unsigned LogPart, unsigned J, unsigned Q>
  [[gnu::always_inline]] static void finish_output(Register* v, std::size_t stride, Register x) {
    constexpr unsigned kReversed = (Q & 1) << 2 | (Q & 2) | Q >> 2;  // Q is the place, so this is the output
    constexpr unsigned kLog = log_of_root(LogPart + 3, J * kReversed);
    if constexpr (kLog % 96 != 0) {
      x = times_power<kLog>(x);
    } else if constexpr (2 * J >= 1U << LogPart) {
      x = A::small(x);
    }
    static_assert(kLog != 96);
    A::store(v + ((Q << LogPart) + J) * stride, x);
  }
  template <unsigned LogPart, bool Factors, unsigned J>
  [[gnu::always_inline]] static void column(Register* v, std::size_t stride, const Word* factors) {
    Register x[8];
    for (std::size_t m = 0; m < 8; ++m) {
      x[m] = load<Factors>(v, stride, factors, (m << LogPart) + J);
    }
    eight(x);
    [&]<std::size_t... Q>(std::index_sequence<Q...>) { (finish_output<LogPart, J, Q>(v, stride, x[Q]), ...); }
    (std::make_index_sequence<8>());
  }

  template <unsigned LogLen, bool Factors>
  [[gnu::always_inline]] static void transform(Register* v, std::size_t stride, Register* out, std::size_t out_stride,
                                               const Word* factors) {
    if constexpr (LogLen <= 3) {
      Register x[1U << LogLen];
      for (std::size_t i = 0; i < std::size(x); ++i) {
        x[i] = load<Factors>(v, stride, factors, i);
      }
      if constexpr (LogLen == 1) {
        butterfly<0>(x[0], x[1]);
      } else if constexpr (LogLen == 2) {
        four(x[0], x[1], x[2], x[3]);
        std::swap(x[1], x[2]);
      } else if constexpr (LogLen == 3) {
        eight(x);
      }
      for (std::size_t i = 0; i < std::size(x); ++i) {
        A::store(out + i * out_stride, x[i]);
      }
    } else if constexpr (LogLen <= 6) {
      constexpr std::size_t kPart = std::size_t{1} << (LogLen - 3);
      [&]<std::size_t... J>(std::index_sequence<J...>) { (column<LogLen - 3, Factors, J>(v, stride, factors), ...); }
      (std::make_index_sequence<kPart>());
      for (std::size_t q = 0; q < 8; ++q) {
        transform<LogLen - 3, false>(v + q * kPart * stride, stride, out + q * kPart * out_stride, out_stride, nullptr);
      }
    } else {
      static_assert(LogLen == kMaxLogDft);
      static constexpr std::array<Word, 64> kRoots = powers_of_root128(Inverse);
      for (std::size_t i = 0; i < 64; ++i) {
        const Register a = load<Factors>(v, stride, factors, i);
        const Register b = A::small(load<Factors>(v, stride, factors, i + 64));
        A::store(v + i * stride, A::small(A::add(a, b)));
        A::store(v + (i + 64) * stride, A::multiply(A::subtract(a, b), kRoots.data() + i));
      }
      run<6, false>(v, stride, out, out_stride, nullptr);
      run<6, false>(v + 64 * stride, stride, out + 64 * out_stride, out_stride, nullptr);
    }
  }
};

// Every length and direction, as a table of functions.
template <class A>
struct GoldilocksDfts {
  using Register = typename A::Register;
  using Function = decltype(&GoldilocksDft<A, false>::template run<0, false>);

  // factors: null, or one a vector; see GoldilocksDft::run.
  static void run(Register* v, std::size_t stride, Register* out, std::size_t out_stride, unsigned log_len,
                  bool inverse, const Word* factors) {
    static constexpr Functions kRuns[2][2] = {{list<false, false>(Lengths()), list<false, true>(Lengths())},
                                              {list<true, false>(Lengths()), list<true, true>(Lengths())}};
    kRuns[inverse ? 1 : 0][factors != nullptr ? 1 : 0].of_length[log_len](v, stride, out, out_stride, factors);
  }

 private:
  struct Functions {
    Function of_length[kMaxLogDft + 1];
  };
  using Lengths = std::make_index_sequence<kMaxLogDft + 1>;
  template <bool Inverse, bool Factors, std::size_t... LogLen>
  static constexpr Functions list(std::index_sequence<LogLen...>) {
    return {{GoldilocksDft<A, Inverse>::template run<LogLen, Factors>...}};
  }
};

}  // namespace
}  // namespace proofcard::kernels::ntt_cpu
