// The arithmetic of rtl/field/pc_fr_*.sv in C++, bit for bit: lazily reduced numbers below 2^256.
//
// Source:  rtl/pkg/pc_fr_pkg.sv explains the reduction.
#pragma once

#include <array>
#include <cstdint>

#include "host/field/fr.hpp"

namespace proofcard::rtl {

using FrLazy = std::array<std::uint64_t, 4>;

// a * b / 2^260 plus a multiple of r, as pc_fr_mul has it. Range: the result is below 2^256 for a, b below 2^256.
FrLazy fr_mul(const FrLazy& a, const FrLazy& b);
// Any value, fully reduced; plain form.
Fr fr_value(const FrLazy& a);

}  // namespace proofcard::rtl
