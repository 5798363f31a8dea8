// What ifma52.hpp computes, callable from files that are not compiled for AVX-512: eight elements of four words each.
// Only on x86-64, and only after a check of the processor.
#pragma once

#include <cstdint>

namespace proofcard::ifma52_probe {

using Word = std::uint64_t;

enum class Modulus { kFr, kFq };

// Each op reads a and b (canonical, [8][4] words) and writes out (canonical).
enum class Op {
  kRoundTrip,      // a, through load and store
  kMul,            // a b
  kMulMany,        // a b, with two other products in step
  kSquareMany,     // a a, with two other squares in step; b is one of those
  kMulLargest,     // (a + p) (b + p), each factor at the top of its lazy range [0, 2p)
  kChain,          // a b a b in 2^260 form, left by div16
  kAddMod,         // a + b
  kSubMod,         // a - b
  kLazySub,        // a - b through sub<1> and reduce_once
  kCanonical,      // a + b + b, canonical<2> of limbs that are not normalised
  kGatherScatter,  // lane i gets a[7 - i], and writes it to out[7 - i]
  kGatherIndex,    // lane i gets a[i ^ 5]
  kSelectZero,     // b where a is zero, else a
  kSumOfProducts,  // 300 times a b, accumulated with carries moved after 256
};
void run(Modulus modulus, Op op, Word* out, const Word* a, const Word* b);

}  // namespace proofcard::ifma52_probe
