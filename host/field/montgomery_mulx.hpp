// The product of MontgomeryField in hand-written x86-64 code, for processors with BMI2 and ADX (Broadwell, Zen and
// later).
//
// Why:     MULX leaves the flags alone, and ADCX and ADOX use one flag each, so the two carry chains of a word of the
//          product, its low and its high halves, run side by side. Compilers do not find that (g++ 12, clang 14).
// Method:  as MontgomeryField::multiply: one word of b a step, t = (t + a b_i + m p) / 2^64.
// Range:   a, b < p < 2^254; the result is in [0, 2p).
// Pre:     mulx_chosen() (host/base/cpu_features.hpp). The instructions are in the text of the assembler, so the file
//          needs no compiler flags, and no function that is compiled for a newer processor can be shared with portable
//          code.
#pragma once

#include <array>
#include <cstdint>

namespace proofcard::detail {

#if defined(__x86_64__) && defined(__GNUC__)
#define PROOFCARD_HAS_MULX_CODE 1

// rdx: a word of b, then m. t0 .. t3 hold t, t4 its fifth word. Zero is also what clears both flags.
// t += a * rdx; of the first word of b, with t = 0.
#define PROOFCARD_FIRST_ROW          \
  "xorl %k[low], %k[low]\n\t"        \
  "mulx   (%[a]), %[t0], %[t1]\n\t"  \
  "mulx  8(%[a]), %[low], %[t2]\n\t" \
  "adox %[low], %[t1]\n\t"           \
  "mulx 16(%[a]), %[low], %[t3]\n\t" \
  "adox %[low], %[t2]\n\t"           \
  "mulx 24(%[a]), %[low], %[t4]\n\t" \
  "adox %[low], %[t3]\n\t"           \
  "movl $0, %k[low]\n\t"             \
  "adox %[low], %[t4]\n\t"
#define PROOFCARD_NEXT_ROW           \
  "xorl %k[low], %k[low]\n\t"        \
  "mulx   (%[a]), %[low], %[t4]\n\t" \
  "adox %[low], %[t0]\n\t"           \
  "adcx %[t4], %[t1]\n\t"            \
  "mulx  8(%[a]), %[low], %[t4]\n\t" \
  "adox %[low], %[t1]\n\t"           \
  "adcx %[t4], %[t2]\n\t"            \
  "mulx 16(%[a]), %[low], %[t4]\n\t" \
  "adox %[low], %[t2]\n\t"           \
  "adcx %[t4], %[t3]\n\t"            \
  "mulx 24(%[a]), %[low], %[t4]\n\t" \
  "adox %[low], %[t3]\n\t"           \
  "movl $0, %k[low]\n\t"             \
  "adcx %[low], %[t4]\n\t"           \
  "adox %[low], %[t4]\n\t"
// t = (t + m p) / 2^64
#define PROOFCARD_REDUCE               \
  "movq %[t0], %%rdx\n\t"              \
  "imulq %[neg_inv], %%rdx\n\t"        \
  "xorl %k[low], %k[low]\n\t"          \
  "mulx   (%[p]), %[low], %[high]\n\t" \
  "adcx %[t0], %[low]\n\t"             \
  "movq %[high], %[t0]\n\t"            \
  "adcx %[t1], %[t0]\n\t"              \
  "mulx  8(%[p]), %[low], %[t1]\n\t"   \
  "adox %[low], %[t0]\n\t"             \
  "adcx %[t2], %[t1]\n\t"              \
  "mulx 16(%[p]), %[low], %[t2]\n\t"   \
  "adox %[low], %[t1]\n\t"             \
  "adcx %[t3], %[t2]\n\t"              \
  "mulx 24(%[p]), %[low], %[t3]\n\t"   \
  "adox %[low], %[t2]\n\t"             \
  "movl $0, %k[low]\n\t"               \
  "adcx %[low], %[t3]\n\t"             \
  "adox %[t4], %[t3]\n\t"

// a b / 2^256 mod p, in [0, 2p). neg_inv: -p^-1 mod 2^64.
inline std::array<std::uint64_t, 4> multiply_mulx(const std::array<std::uint64_t, 4>& a,
                                                  const std::array<std::uint64_t, 4>& b,
                                                  const std::array<std::uint64_t, 4>& p, std::uint64_t neg_inv) {
  std::uint64_t t0, t1, t2, t3, t4, low, high;
  __asm__("movq (%[b]), %%rdx\n\t" PROOFCARD_FIRST_ROW PROOFCARD_REDUCE   //
          "movq 8(%[b]), %%rdx\n\t" PROOFCARD_NEXT_ROW PROOFCARD_REDUCE   //
          "movq 16(%[b]), %%rdx\n\t" PROOFCARD_NEXT_ROW PROOFCARD_REDUCE  //
          "movq 24(%[b]), %%rdx\n\t" PROOFCARD_NEXT_ROW PROOFCARD_REDUCE
          : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4), [low] "=&r"(low),
            [high] "=&r"(high)
          : [a] "r"(a.data()), [b] "r"(b.data()), [p] "r"(p.data()), [neg_inv] "rm"(neg_inv), "m"(a), "m"(b), "m"(p)
          : "rdx", "cc");
  return {t0, t1, t2, t3};
}

#undef PROOFCARD_FIRST_ROW
#undef PROOFCARD_NEXT_ROW
#undef PROOFCARD_REDUCE
#endif

}  // namespace proofcard::detail
