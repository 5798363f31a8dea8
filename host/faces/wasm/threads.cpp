// What the module exports for threads, where it is compiled for them; package/threads.mjs and package/thread.mjs are the only callers.
#include <cstdint>

#include "host/base/aligned_memory.hpp"
#include "host/base/wasm_threads.hpp"
#include "host/faces/wasm/answer.hpp"

namespace wasm_threads = proofcard::wasm_threads;

// The top of a new thread's stack, and below it the memory for its thread_local variables: two addresses, in memory that stays.
PROOFCARD_EXPORT(proofcard_new_thread) std::uint32_t* proofcard_new_thread() {
  constexpr std::size_t kStackBytes = std::size_t{1} << 21;
  constexpr std::size_t kAlignment = 64;
  const std::size_t local_bytes = (__builtin_wasm_tls_size() + kAlignment - 1) / kAlignment * kAlignment;
  auto* const memory = static_cast<std::uint8_t*>(proofcard::allocate_aligned(kAlignment + local_bytes + kStackBytes));
  auto* const addresses = reinterpret_cast<std::uint32_t*>(memory);
  addresses[0] = reinterpret_cast<std::uintptr_t>(memory + kAlignment + local_bytes + kStackBytes);
  addresses[1] = reinterpret_cast<std::uintptr_t>(memory + kAlignment);
  return addresses;
}

PROOFCARD_EXPORT(proofcard_begin_threads)
void proofcard_begin_threads(std::uint32_t num, std::uint32_t caller_may_stop) {
  wasm_threads::begin(num, caller_may_stop != 0);
}

PROOFCARD_EXPORT(proofcard_help) void proofcard_help() { wasm_threads::help(); }

PROOFCARD_EXPORT(proofcard_fault) std::uint32_t* proofcard_fault() {
  return reinterpret_cast<std::uint32_t*>(&wasm_threads::fault());
}
