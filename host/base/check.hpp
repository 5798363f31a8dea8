// PROOFCARD_CHECK: a condition that only a defect of our own code can break. Prints and aborts, in every build type.
// Code that handles bytes from outside returns Result instead; host/verifier may not use this at all.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace proofcard::detail {

// "/somewhere/host/base/check.hpp" -> "host/base/check.hpp": where a build was made is nobody's business.
consteval std::string_view path_in_project(std::string_view file) {
  std::size_t begin = 0;
  for (const std::string_view folder : {"/host/", "/tests/", "/sim/", "/hls/", "/rtl/"}) {
    const std::size_t at = file.rfind(folder);
    if (at != std::string_view::npos && at + 1 > begin) {
      begin = at + 1;
    }
  }
  return file.substr(begin);
}
static_assert(path_in_project("../host/proofcard/tests/hash/keccak_test.cpp") == "tests/hash/keccak_test.cpp");

}  // namespace proofcard::detail

#define PROOFCARD_CHECK(condition)                                                                \
  do {                                                                                            \
    if (!(condition)) [[unlikely]] {                                                              \
      constexpr std::string_view proofcard_file = ::proofcard::detail::path_in_project(__FILE__); \
      std::fprintf(stderr, "proofcard: internal check failed: %s (%.*s:%d)\n", #condition,        \
                   static_cast<int>(proofcard_file.size()), proofcard_file.data(), __LINE__);     \
      std::abort();                                                                               \
    }                                                                                             \
  } while (false)
