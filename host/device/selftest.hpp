// Sums with known answers, on every compute unit of every card, and quotients' sums on every chain of units.
//
// Source:  answers of kernels::reference_msm() and reference_ntt_fr(). Cases: every width of scalars, random and
//          extreme values, zeros, infinity among the bases, repeated points, a point and its negative, sizes that fill
//          no row, no rows at all.
// Errors:  a card that fails is a case that fails, with the reason; what was not reached on it is left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/device/device.hpp"

namespace proofcard::device {

struct SelftestCase {
  std::string card;
  std::string unit;  // of a chain, that of msm_g1 at its end
  std::string name;
  bool passed = false;
  std::string reason;  // of a failure
  std::uint64_t num_points = 0;
  std::uint64_t num_rows = 0;
  std::uint64_t cycles = 0;  // of the completion record
  std::uint64_t num_digits = 0;
};

std::vector<SelftestCase> selftest(const Device& device);

}  // namespace proofcard::device
