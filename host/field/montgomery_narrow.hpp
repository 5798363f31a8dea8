// The product of MontgomeryField for machines whose widest product is of 32 by 32 bits into 64, as WebAssembly's is: there
// a product of 64 by 64 bits is a call of a function.
//
// Method:  nine limbs of 29 bits. Products of limbs have 58 bits, so that all that is added to a limb, two products in each
//          of nine rounds, fits in 64 bits, and carries wait until the end. Nine rounds divide by 2^261; one factor is
//          multiplied by 2^5 first, while it is taken apart, so that R stays 2^256.
// Range:   a, b < p < 2^254; the result is below 2p: (2^5 p p + 2^261 p) / 2^261 = p (1 + 2^5 p / 2^261) < 1.25 p.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace proofcard::detail {

class NarrowMontgomery {
 public:
  using Words = std::array<std::uint64_t, 4>;  // little-endian

  constexpr explicit NarrowMontgomery(const Words& modulus) : modulus_(split(modulus, 0)) {
    std::uint64_t inverse = 1;  // by Newton iteration
    for (int i = 0; i < 5; ++i) {
      inverse *= 2 - modulus_[0] * inverse;
    }
    negative_inverse_ = (0 - inverse) & kMask;
  }

  constexpr Words multiply(const Words& a, const Words& b) const {
    const Limbs x = split(a, 5);
    const Limbs y = split(b, 0);
    Limbs t{};
#pragma GCC unroll 9
    for (std::size_t i = 0; i < kLimbs; ++i) {
      const std::uint64_t first = t[0] + x[0] * y[i];
      const std::uint64_t m = (first * negative_inverse_) & kMask;
      const std::uint64_t carry = (first + m * modulus_[0]) >> kBits;
#pragma GCC unroll 8
      for (std::size_t j = 1; j < kLimbs; ++j) {
        t[j - 1] = t[j] + x[j] * y[i] + m * modulus_[j];
      }
      t[0] += carry;
      t[kLimbs - 1] = 0;
    }
    return join(t);
  }

 private:
  static constexpr std::size_t kLimbs = 9;
  static constexpr unsigned kBits = 29;
  static constexpr std::uint64_t kMask = (std::uint64_t{1} << kBits) - 1;
  using Limbs = std::array<std::uint64_t, kLimbs>;

  // Of words * 2^shift. Pre: below 2^261.
  static constexpr Limbs split(const Words& words, unsigned shift) {
    Limbs out{};
    out[0] = (words[0] << shift) & kMask;
#pragma GCC unroll 8
    for (std::size_t i = 1; i < kLimbs; ++i) {
      const std::size_t bit = kBits * i - shift;
      const std::size_t word = bit / 64;
      std::uint64_t limb = words[word] >> (bit % 64);
      if (bit % 64 > 64 - kBits && word + 1 < words.size()) {
        limb |= words[word + 1] << (64 - bit % 64);
      }
      out[i] = limb & kMask;
    }
    return out;
  }

  // Limbs of any size, of a value below 2^256.
  static constexpr Words join(const Limbs& limbs) {
    Words out{};
    std::uint64_t carry = 0;
#pragma GCC unroll 9
    for (std::size_t i = 0; i < kLimbs; ++i) {
      const std::uint64_t sum = limbs[i] + carry;
      const std::uint64_t limb = sum & kMask;
      carry = sum >> kBits;
      const std::size_t bit = kBits * i;
      out[bit / 64] |= limb << (bit % 64);
      if (bit % 64 > 64 - kBits && bit / 64 + 1 < out.size()) {
        out[bit / 64 + 1] |= limb >> (64 - bit % 64);
      }
    }
    return out;
  }

  Limbs modulus_;
  std::uint64_t negative_inverse_ = 0;
};

}  // namespace proofcard::detail
