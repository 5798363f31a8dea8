// PROOFCARD_CHECK: a condition that only a defect of our own code can break. Prints and aborts, in every build type.
// Code that handles bytes from outside returns Result instead; host/verifier may not use this at all.
#pragma once

#include <cstdio>
#include <cstdlib>

#define PROOFCARD_CHECK(condition)                                                                            \
  do {                                                                                                        \
    if (!(condition)) [[unlikely]] {                                                                          \
      std::fprintf(stderr, "proofcard: internal check failed: %s (%s:%d)\n", #condition, __FILE__, __LINE__); \
      std::abort();                                                                                           \
    }                                                                                                         \
  } while (false)
