// The arithmetic of rtl/hadamard in C++: what the kernel makes of an element, by the models of its units.
#pragma once

#include "rtl/model/fr_model.hpp"

namespace proofcard::rtl {

// a b / 2^260 - c, fully reduced; plain form. Range: any below 2^256.
inline Fr hadamard_value(const FrLazy& a, const FrLazy& b, const FrLazy& c) {
  return fr_value(fr_mul(a, b)) - fr_value(c);
}

}  // namespace proofcard::rtl
