// The search for the smallest nonce that fits, by several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "host/base/parallel.hpp"

namespace proofcard::kernels::detail {

// Waves of as many nonces as are expected to be needed; the smallest of the first wave that has one.
// first_of_range(begin, end): the first in the range that fits, or UINT64_MAX. batch: how many it does best at once.
template <class FirstOfRange>
std::uint64_t smallest_of_waves(unsigned bits, std::size_t batch, const FirstOfRange& first_of_range) {
  const std::size_t wave = std::max(std::size_t{1} << std::min(bits, 16U), batch);
  for (std::uint64_t first = 0;; first += wave) {
    std::atomic<std::uint64_t> smallest{UINT64_MAX};
    parallel_for(wave, 32 * batch, [&](std::size_t begin, std::size_t end) {
      const std::uint64_t found = first_of_range(first + begin, first + end);
      std::uint64_t known = smallest.load();
      while (found < known && !smallest.compare_exchange_weak(known, found)) {
      }
    });
    if (smallest != UINT64_MAX) {
      return smallest;
    }
  }
}

}  // namespace proofcard::kernels::detail
