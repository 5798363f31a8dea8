#include "host/wrap/bits.hpp"

#include "host/base/check.hpp"

namespace proofcard::wrap {
namespace {

bool bit(const U256& v, unsigned i) { return ((v[i / 64] >> (i % 64)) & 1) != 0; }

// The lowest num_zeros are constants.
std::vector<Wire> bit_wires(Builder& builder, const Wire& x, unsigned n, unsigned num_zeros) {
  const U256 value = x.value().canonical();
  std::vector<Wire> out(num_zeros);
  for (unsigned i = num_zeros; i < n; ++i) {
    require_bit(builder, out.emplace_back(builder.wire(bit(value, i) ? Fr::one() : Fr::zero())));
  }
  builder.require_equal(packed(out), x);
  return out;
}

// sum_i 2^i bits[i] <= p - 1 as integers, from the highest bit down. Up to each bit either the number is below p - 1 already
// or all bits that p - 1 has are set: `equal` is 1 in the second case, where the next zeros of p - 1 have to be zeros.
void require_below_modulus(Builder& builder, std::span<const Wire> bits) {
  U256 largest = Fr::kModulus;
  largest[0] -= 1;  // p is odd
  Wire equal = Fr::one();
  for (std::size_t i = bits.size(); i > 0;) {
    Wire zeros;
    for (; i > 0 && !bit(largest, static_cast<unsigned>(i - 1)); --i) {
      zeros += bits[i - 1];
    }
    if (!zeros.is_constant()) {
      builder.require_product(equal, zeros, Wire());  // a sum of bits, so all are 0
    }
    for (; i > 0 && bit(largest, static_cast<unsigned>(i - 1)); --i) {
      equal *= bits[i - 1];
    }
  }
}

}  // namespace

void require_bit(Builder& builder, const Wire& x) { builder.require_product(x, x - Fr::one(), Wire()); }

Wire packed(std::span<const Wire> bits) {
  Wire sum;
  Fr weight = Fr::one();
  for (const Wire& b : bits) {
    sum += b * weight;
    weight = weight.twice();
  }
  return sum;
}

std::vector<Wire> bits_below(Builder& builder, const Wire& x, unsigned n) {
  PROOFCARD_CHECK(n < kFieldBits);
  return bit_wires(builder, x, n, 0);
}

std::vector<Wire> strict_bits(Builder& builder, const Wire& x, unsigned num_zeros) {
  PROOFCARD_CHECK(num_zeros <= kMaxZeros);
  std::vector<Wire> out = bit_wires(builder, x, kFieldBits, num_zeros);
  require_below_modulus(builder, out);
  return out;
}

void require_selected(Builder& builder, const Wire& item, std::span<const Wire> items, std::span<const Wire> bits) {
  PROOFCARD_CHECK(!bits.empty() && items.size() == std::size_t{1} << bits.size());
  std::vector<Wire> left(items.begin(), items.end());
  for (const Wire& b : bits.first(bits.size() - 1)) {
    for (std::size_t i = 0; i < left.size() / 2; ++i) {
      left[i] = left[2 * i] + b * (left[2 * i + 1] - left[2 * i]);
    }
    left.resize(left.size() / 2);
  }
  builder.require_product(bits.back(), left[1] - left[0], item - left[0]);
}

}  // namespace proofcard::wrap
