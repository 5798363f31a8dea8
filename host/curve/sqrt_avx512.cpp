// Powers of eight elements a register, two registers in step, in 2^260 form (host/field/ifma52.hpp).
#include "host/curve/sqrt_exponent.hpp"
#include "host/field/ifma52.hpp"

namespace proofcard::curve::sqrt_internal {
namespace {

using namespace ifma52;
using Q = ifma52::Field<FqParams>;

constexpr std::size_t kStreams = 2;
static_assert(kSqrtGroup == 8 * kStreams);

constexpr U256 kOne = proofcard::detail::power_of_two_mod(260, FqParams::kModulus);
constexpr Exponent kDigits = make_exponent();

}  // namespace

void root_candidates_avx512(const std::uint64_t* values, std::size_t count, std::uint64_t* roots) {
  for (std::size_t first = 0; first < count; first += kSqrtGroup) {
    Limbs power[16][kStreams];  // below 2 q
    Limbs value[kStreams];
    for (std::size_t n = 0; n < kStreams; ++n) {
      power[0][n] = broadcast(reinterpret_cast<const Word*>(&kOne));
      value[n] = load_x16(values + 4 * (first + 8 * n));
    }
    for (int i = 1; i < 16; ++i) {
      Q::mul_many(power[i], power[i - 1], value);
    }
    Limbs root[kStreams];
    for (std::size_t n = 0; n < kStreams; ++n) {
      root[n] = power[kDigits.digit[kNumDigits - 1]][n];
    }
    for (int i = kNumDigits - 1; i-- > 0;) {
      for (int s = 0; s < 4; ++s) {
        Limbs square[kStreams];
        Q::square_many(square, root);
        for (std::size_t n = 0; n < kStreams; ++n) {
          root[n] = square[n];
        }
      }
      Limbs product[kStreams];
      Q::mul_many(product, root, power[kDigits.digit[i]]);
      for (std::size_t n = 0; n < kStreams; ++n) {
        root[n] = product[n];
      }
    }
    for (std::size_t n = 0; n < kStreams; ++n) {
      store(roots + 4 * (first + 8 * n), Q::canonical<1>(Q::div16(root[n])));
    }
  }
}

}  // namespace proofcard::curve::sqrt_internal
