#include "host/base/cpu_features.hpp"

#include <atomic>
#include <cstdlib>

#include "host/base/check.hpp"

namespace proofcard {
namespace {

constexpr int kUndecided = -1;
std::atomic<int> g_isa{kUndecided};

#if defined(__x86_64__)
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"); }

// ADX and SHA have no names in __builtin_cpu_supports of g++ 12; bits 19 and 29 of CPUID leaf 7, EBX, are they.
bool has_bit_of_leaf_7(unsigned bit) {
  unsigned eax = 7, ebx = 0, ecx = 0, edx = 0;
  __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  return (ebx >> bit & 1) != 0;
}
bool has_adx() { return has_bit_of_leaf_7(19); }
bool has_sha() { return has_bit_of_leaf_7(29); }

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vnni") &&
         __builtin_cpu_supports("avx512vbmi") && has_adx();
}
#else
bool has_avx2() { return false; }
bool has_adx() { return false; }
bool has_sha() { return false; }
bool has_avx512() { return false; }
#endif

bool mulx_belongs_to(Isa isa) {
  static const bool adx = has_adx();
  return isa != Isa::kPortable && adx;
}

const Result<Isa>& requested_isa() {
  static const Result<Isa> request = parse_isa_request(std::getenv("PROOFCARD_ISA"));
  return request;
}

}  // namespace

constinit std::atomic<bool> detail::g_mulx_chosen{false};

std::string_view isa_name(Isa isa) {
  switch (isa) {
    case Isa::kPortable:
      return "portable";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvx512:
      return "avx512";
  }
  return "unknown";
}

bool isa_available(Isa isa) {
  static const bool avx2 = has_avx2();
  static const bool avx512 = has_avx512();
  return isa == Isa::kPortable || (isa == Isa::kAvx2 && avx2) || (isa == Isa::kAvx512 && avx512);
}

bool sha_available() {
  static const bool sha = has_avx2() && has_sha();
  return sha;
}

Isa best_isa() {
  for (const Isa isa : {Isa::kAvx512, Isa::kAvx2}) {
    if (isa_available(isa)) {
      return isa;
    }
  }
  return Isa::kPortable;
}

Result<Isa> parse_isa_request(const char* value, Isa best) {
  const std::string_view name = value == nullptr ? std::string_view{} : std::string_view{value};
  if (name.empty()) {
    return best;
  }
  for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (name == isa_name(isa)) {
      if (isa > best) {
        return make_error(ErrorKind::kUnsupported, "PROOFCARD_ISA",
                          "expected an instruction set that this processor has, found {} (best here: {})", name,
                          isa_name(best));
      }
      return isa;
    }
  }
  return bad_input("PROOFCARD_ISA", "expected portable, avx2 or avx512, found \"{}\"", name);
}

Status isa_status() {
  if (!requested_isa().ok()) {
    return requested_isa().error();
  }
  static_cast<void>(active_isa());
  return {};
}

Isa active_isa() {
  const int decided = g_isa.load(std::memory_order_relaxed);
  if (decided != kUndecided) [[likely]] {
    return static_cast<Isa>(decided);
  }
  const Isa isa = requested_isa().ok() ? *requested_isa() : Isa::kPortable;
  int undecided = kUndecided;
  if (g_isa.compare_exchange_strong(undecided, static_cast<int>(isa))) {
    detail::g_mulx_chosen.store(mulx_belongs_to(isa));
  }
  return static_cast<Isa>(g_isa.load(std::memory_order_relaxed));
}

void set_isa_for_testing(Isa isa) {
  PROOFCARD_CHECK(isa_available(isa));
  g_isa.store(static_cast<int>(isa));
  detail::g_mulx_chosen.store(mulx_belongs_to(isa));
}

}  // namespace proofcard
