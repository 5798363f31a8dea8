// Which instruction set the hand-written kernels run on, decided once per process.
//
// Every kernel with variants asks active_isa() and nothing else, so one setting moves all of them together.
// Override: the environment variable PROOFCARD_ISA = portable | avx2 | avx512, read at the first use. A value that is
//           unknown, or that this processor cannot run, is an error.
// Errors:   isa_status() reports them, whenever it is asked; a tool does so before any work, and ends. The kernels of a
//           program that never asks are then the portable ones, which every processor runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "host/base/result.hpp"

namespace proofcard {

enum class Isa : std::uint8_t {
  kPortable,  // baseline of the target, no special instructions
  kAvx2,      // x86-64 with AVX2 and BMI2
  kAvx512,    // x86-64 with AVX-512 F, BW, DQ, VL, IFMA, VNNI, VBMI, and BMI2, ADX
};

std::string_view isa_name(Isa isa);

// Whether this build has code for `isa` and this processor runs it. kPortable always does.
bool isa_available(Isa isa);
// Whether this processor has the SHA extensions of x86-64 (and AVX2). Kernels use them with any choice but kPortable.
bool sha_available();
// The widest available one.
Isa best_isa();
// What a value of PROOFCARD_ISA asks for on a processor whose widest is `best`; null and "" mean that one.
Result<Isa> parse_isa_request(const char* value, Isa best = best_isa());

Status isa_status();
Isa active_isa();
// Replaces the choice from here on. Pre: isa_available(isa). Not for use while kernels run on other threads.
void set_isa_for_testing(Isa isa);

namespace detail {
extern constinit std::atomic<bool> g_mulx_chosen;
}
// Whether scalar code may use MULX, ADCX and ADOX: not with kPortable, nor where the processor has no ADX, nor before
// the instruction set was chosen. For single field products, so it costs a load and never a call.
inline bool mulx_chosen() { return detail::g_mulx_chosen.load(std::memory_order_relaxed); }

}  // namespace proofcard
