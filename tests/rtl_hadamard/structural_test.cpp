// hadamard_fr as it is synthesised, its multiplier included.
#include "tests/rtl_hadamard/kernel.hpp"

namespace proofcard::rtl {
namespace {

TEST_F(HadamardKernel, ResultsAreRight) {
  for (const double ready : {1.0, 0.6}) {
    memory_.knobs.ready = ready;
    check(job_of(301, 5));
  }
}

}  // namespace
}  // namespace proofcard::rtl
