// The pass with plain field arithmetic, eight elements a vector.
#include <algorithm>

#include "host/field/fr.hpp"
#include "host/field/goldilocks.hpp"
#include "host/kernels/cpu/ntt/ntt_pass.hpp"

namespace proofcard::kernels::ntt_cpu {
namespace {

const Fr* elements(const Word* words, Fr /*field*/) { return reinterpret_cast<const Fr*>(words); }
const Goldilocks* elements(const Word* words, Goldilocks /*field*/) {
  return reinterpret_cast<const Goldilocks*>(words);
}

template <class F>
struct PortableLanes {
  static constexpr std::size_t kLanes = 8;
  static constexpr std::size_t kWords = sizeof(F) / sizeof(Word);
  static constexpr std::size_t kFactorWords = kWords;
  static constexpr std::size_t kGroup = 8 / kWords;
  static constexpr bool kHasDft = false;
  static constexpr bool kStreams = false;
  struct Vec {
    F lane[kLanes];
  };
  using Power = Vec;
  using LaneFactor = Vec;

  static const F& element(const Word* words) { return *elements(words, F{}); }

  static Vec load(const Word* p, std::size_t stride) {
    Vec v;
    for (std::size_t i = 0; i < kLanes; ++i) {
      v.lane[i] = element(p + kWords * stride * i);
    }
    return v;
  }
  static void store(Word* p, std::size_t stride, const Vec& v) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      *reinterpret_cast<F*>(p + kWords * stride * i) = v.lane[i];
    }
  }
  static void store_weak(Word* p, std::size_t stride, const Vec& v) { store(p, stride, v); }

  static void load_group(Vec (&v)[kGroup], const Word* p, std::size_t stride) {
    for (std::size_t i = 0; i < kGroup; ++i) {
      v[i] = load(p + kWords * i, stride);
    }
  }
  static void store_group(Word* p, std::size_t stride, const Vec (&v)[kGroup]) {
    for (std::size_t i = 0; i < kGroup; ++i) {
      store(p + kWords * i, stride, v[i]);
    }
  }
  static void store_group_weak(Word* p, std::size_t stride, const Vec (&v)[kGroup]) { store_group(p, stride, v); }

  static void first2(Vec& v0, Vec& v1) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      const F low = v0.lane[i], high = v1.lane[i];
      v0.lane[i] = low + high;
      v1.lane[i] = low - high;
    }
  }
  static void butterfly2(Vec& v0, Vec& v1, const Word* c) {
    mul_factor(v1, c);
    first2(v0, v1);
  }
  static void first4(Vec& v0, Vec& v1, Vec& v2, Vec& v3, const Word* e) {
    first2(v0, v2);
    first2(v1, v3);
    first2(v0, v1);
    butterfly2(v2, v3, e);
  }
  static void butterfly4(Vec& v0, Vec& v1, Vec& v2, Vec& v3, const Word* c, const Word* d, const Word* e) {
    butterfly2(v0, v2, c);
    butterfly2(v1, v3, c);
    butterfly2(v0, v1, d);
    butterfly2(v2, v3, e);
  }

  static void mul_factor(Vec& v, const Word* factor) {
    const F f = element(factor);
    for (F& x : v.lane) {
      x *= f;
    }
  }
  static void mul_lane_factor(Vec& v, const LaneFactor& factor) { v = multiply(v, factor); }

  static Power power(const Word* p) { return load(p, 1); }
  static Power one() {
    Power r;
    std::fill(r.lane, r.lane + kLanes, F::one());
    return r;
  }
  static Power multiply(const Power& a, const Power& b) {
    Power r;
    for (std::size_t i = 0; i < kLanes; ++i) {
      r.lane[i] = a.lane[i] * b.lane[i];
    }
    return r;
  }
  static LaneFactor lane_factor(const Power& p) { return p; }
};

template <class F>
const NttKernels& portable_kernels() {
  using L = PortableLanes<F>;
  static const NttKernels kKernels{
      .compiled_for = Isa::kPortable,
      .factor_words = L::kFactorWords,
      .has_dft = false,
      .streams = false,
      .prepare = [](Word* out, const Word* in, std::size_t count) { std::copy(in, in + L::kWords * count, out); },
      .wide = lanes_of<L>(),
      .narrow = lanes_of<L>(),
  };
  return kKernels;
}

}  // namespace

const NttKernels& fr_portable_kernels() { return portable_kernels<Fr>(); }
const NttKernels& goldilocks_portable_kernels() { return portable_kernels<Goldilocks>(); }

}  // namespace proofcard::kernels::ntt_cpu
