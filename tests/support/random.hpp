// Deterministic random values for tests; a failing property test prints the seed it was built from.
#pragma once

#include <random>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/field/fr.hpp"

namespace proofcard::testing {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t u64() { return engine_(); }
  std::int64_t in_range(std::int64_t lo, std::int64_t hi) {
    return std::uniform_int_distribution<std::int64_t>(lo, hi)(engine_);
  }
  Fr fr() {
    const U256 lo{u64(), u64(), u64(), u64()};
    const U256 hi{u64(), u64(), u64(), u64()};
    return Fr::from_u512_reduced(lo, hi);
  }
  std::vector<Fr> frs(std::size_t n) {
    std::vector<Fr> out(n);
    for (Fr& v : out) {
      v = fr();
    }
    return out;
  }
  IntVector ints(IntType type, std::size_t n) {
    IntVector out(type, n);
    for (std::size_t i = 0; i < n; ++i) {
      out.set(i, in_range(int_type_min(type), int_type_max(type)));
    }
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace proofcard::testing
