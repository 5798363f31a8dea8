// The lanes of ntt_pass.hpp over Goldilocks, generic in the register: Registers of them a vector. In an unnamed
// namespace for the same reason.
//
// A, beside what ntt_goldilocks_dft.hpp needs of it, has: kRegisterWords; set1(word); multiply(a, b), small;
//   load(const Word*), store(Word*, r)                  neighbours in memory, anywhere
//   gather(p, stride), scatter(p, stride, r)            words `stride` apart
//   stream(p, r)                                        past the caches; p begins at a multiple of a register
//   end_of_stream()                                     what was streamed is in memory before what is stored after
//   transpose(r)                                        of kRegisterWords registers: element j of i becomes element i
//   of j
#pragma once

#include "host/kernels/cpu/ntt/ntt_goldilocks_dft.hpp"
#include "host/kernels/cpu/ntt/ntt_pass.hpp"

namespace proofcard::kernels::ntt_cpu {
namespace {

template <class A, int Registers>
struct GoldilocksLanes {
  using Register = typename A::Register;
  static constexpr std::size_t kRegisterWords = A::kRegisterWords;
  static constexpr std::size_t kLanes = kRegisterWords * Registers;
  static constexpr std::size_t kWords = 1;
  static constexpr std::size_t kFactorWords = 1;
  static constexpr std::size_t kGroup = kRegisterWords;
  static constexpr bool kHasDft = true;
  static constexpr bool kStreams = true;
  struct Vec {
    Register r[Registers];
  };
  using Power = Vec;
  using LaneFactor = Vec;

  [[gnu::always_inline]] static inline Vec load(const Word* p, std::size_t stride) {
    Vec v;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < Registers; ++k) {
      const Word* from = p + kRegisterWords * stride * k;
      v.r[k] = stride == 1 ? A::load(from) : A::gather(from, stride);
    }
    return v;
  }
  [[gnu::always_inline]] static inline void store_weak(Word* p, std::size_t stride, const Vec& v) {
#pragma GCC unroll 8
    for (std::size_t k = 0; k < Registers; ++k) {
      Word* to = p + kRegisterWords * stride * k;
      stride == 1 ? A::store(to, v.r[k]) : A::scatter(to, stride, v.r[k]);
    }
  }
  [[gnu::always_inline]] static inline Vec canonical_of(const Vec& v) {
    Vec c;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < Registers; ++k) {
      c.r[k] = A::small(v.r[k]);
    }
    return c;
  }
  [[gnu::always_inline]] static inline void store(Word* p, std::size_t stride, const Vec& v) {
    store_weak(p, stride, canonical_of(v));
  }

  [[gnu::always_inline]] static inline void stream_weak(Word* p, const Vec& v) {
#pragma GCC unroll 8
    for (std::size_t k = 0; k < Registers; ++k) {
      A::stream(p + kRegisterWords * k, v.r[k]);
    }
  }
  [[gnu::always_inline]] static inline void stream(Word* p, const Vec& v) { stream_weak(p, canonical_of(v)); }
  [[gnu::always_inline]] static inline void end_of_stream() { A::end_of_stream(); }

  [[gnu::always_inline]] static inline void load_group(Vec (&v)[kGroup], const Word* p, std::size_t stride) {
    for (std::size_t k = 0; k < Registers; ++k) {
      Register row[kGroup];
#pragma GCC unroll 8
      for (std::size_t i = 0; i < kGroup; ++i) {
        row[i] = A::load(p + (kGroup * k + i) * stride);
      }
      A::transpose(row);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < kGroup; ++i) {
        v[i].r[k] = row[i];
      }
    }
  }
  [[gnu::always_inline]] static inline void store_group_weak(Word* p, std::size_t stride, const Vec (&v)[kGroup]) {
    for (std::size_t k = 0; k < Registers; ++k) {
      Register row[kGroup];
#pragma GCC unroll 8
      for (std::size_t i = 0; i < kGroup; ++i) {
        row[i] = v[i].r[k];
      }
      A::transpose(row);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < kGroup; ++i) {
        A::store(p + (kGroup * k + i) * stride, row[i]);
      }
    }
  }
  [[gnu::always_inline]] static inline void store_group(Word* p, std::size_t stride, const Vec (&v)[kGroup]) {
    Vec c[kGroup];
    for (std::size_t i = 0; i < kGroup; ++i) {
      c[i] = canonical_of(v[i]);
    }
    store_group_weak(p, stride, c);
  }

  [[gnu::always_inline]] static inline void dft(Vec* v, std::size_t stride, Vec* out, std::size_t out_stride,
                                                unsigned log_len, bool inverse, const Word* factors) {
    for (int k = 0; k < Registers; ++k) {
      GoldilocksDfts<A>::run(&v->r[k], Registers * stride, &out->r[k], Registers * out_stride, log_len, inverse,
                             factors);
    }
  }

  [[gnu::always_inline]] static inline void mul_factor(Vec& v, const Word* factor) {
#pragma GCC unroll 8
    for (std::size_t k = 0; k < Registers; ++k) {
      v.r[k] = A::multiply(v.r[k], factor);
    }
  }
  [[gnu::always_inline]] static inline void mul_lane_factor(Vec& v, const LaneFactor& factor) {
    v = multiply(v, factor);
  }

  [[gnu::always_inline]] static inline Power power(const Word* p) { return load(p, 1); }
  [[gnu::always_inline]] static inline Power one() {
    Power v;
    for (std::size_t k = 0; k < Registers; ++k) {
      v.r[k] = A::set1(1);
    }
    return v;
  }
  [[gnu::always_inline]] static inline Power multiply(const Power& a, const Power& b) {
    Power v;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < Registers; ++k) {
      v.r[k] = A::multiply(a.r[k], b.r[k]);
    }
    return v;
  }
  [[gnu::always_inline]] static inline LaneFactor lane_factor(const Power& p) { return p; }
};

void prepare_goldilocks(Word* out, const Word* elements, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = elements[i];
  }
}

// wide, narrow: registers a vector.
template <class A, int Wide, int Narrow>
constexpr NttKernels goldilocks_kernels(Isa compiled_for) {
  return {.compiled_for = compiled_for,
          .factor_words = 1,
          .has_dft = true,
          .streams = true,
          .prepare = prepare_goldilocks,
          .wide = lanes_of<GoldilocksLanes<A, Wide>>(),
          .narrow = lanes_of<GoldilocksLanes<A, Narrow>>()};
}

}  // namespace
}  // namespace proofcard::kernels::ntt_cpu
