// Writes what a Verilated module counted of its lines, when it was built with PROOFCARD_RTL_COVERAGE; else does
// nothing. scripts/rtl_coverage.py reads the files.
//
// Pre:     the module still exists: its counters are members of it.
#pragma once

#include <verilated.h>
#if VM_COVERAGE
#include <unistd.h>
#include <verilated_cov.h>

#include <cstdlib>
#include <string>
#endif

namespace proofcard::rtl {

inline void write_coverage([[maybe_unused]] VerilatedContext& context) {
#if VM_COVERAGE
  static int number = 0;
  if (const char* folder = std::getenv("PROOFCARD_RTL_COVERAGE_DIR")) {
    const std::string name = std::to_string(::getpid()) + "_" + std::to_string(number++) + ".dat";
    context.coveragep()->write((std::string(folder) + "/" + name).c_str());
  }
#endif
}

}  // namespace proofcard::rtl
