// Powers of two elements at a time (host/field/simd128.hpp).
#include <array>

#include "host/curve/sqrt_exponent.hpp"
#include "host/field/simd128.hpp"

namespace proofcard::curve::sqrt_internal {
namespace {

using simd128::Pair;
using Fields = simd128::PairOf<Fq>;

// One function each, so that products are not compiled into every place.
[[gnu::noinline]] Pair product(const Pair& a, const Pair& b) { return Fields::multiply(a, b); }
[[gnu::noinline]] Pair square(const Pair& a) { return Fields::square(a); }

}  // namespace

void root_candidates_simd128(const Fq& a, const Fq& b, Fq& root_a, Fq& root_b) {
  std::array<Pair, 16> power;
  power[0] = Fields::load(Fq::one(), Fq::one());
  power[1] = Fields::load(a, b);
  for (std::size_t i = 2; i < power.size(); ++i) {
    power[i] = product(power[i - 1], power[1]);
  }
  Pair root = power[kExponent.digit[kNumDigits - 1]];
  for (int i = kNumDigits - 1; i-- > 0;) {
    root = square(square(square(square(root))));
    root = product(root, power[kExponent.digit[i]]);
  }
  root_a = Fields::first(root);
  root_b = Fields::second(root);
}

}  // namespace proofcard::curve::sqrt_internal
