// The AVX-512 loops of host/field over emulated instructions, as fr_vector_emulated().
#define __AVX512IFMA__ 1
#define fr_vector_avx512 fr_vector_emulated
// These guards keep the compiler's own header out (g++, clang).
#define _IMMINTRIN_H_INCLUDED
#define __IMMINTRIN_H
#include "tests/field/emulated_avx512.hpp"
// After it.
#include "host/field/fr_vector_avx512.cpp"
