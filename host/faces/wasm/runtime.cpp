// What the C++ library asks of a system with threads. Without threads there is one, which never ends.
//
// With them (compiled for atomics; cmake's PROOFCARD_WASM_THREADS), Debian's libraries, which are made for one thread, are used as they are,
// and what threads share of them is guarded here: memory is given out under a lock (the linker's --wrap), and objects that are made when they
// are first used are made once. Other shared state they have none that bodies of loops use.
#include <cstddef>
#include <cstdint>

extern "C" int __cxa_atexit(void (*)(void*), void*, void*);

#if !defined(__wasm_atomics__)

extern "C" int __cxa_thread_atexit(void (*destroy)(void*), void* object, void* module) {
  return __cxa_atexit(destroy, object, module);
}

#else

#include "host/base/wasm_threads.hpp"

extern "C" int __cxa_thread_atexit(void (*)(void*), void*, void*) { return 0; }  // threads never end

namespace {

using proofcard::wasm_threads::Lock;
using proofcard::wasm_threads::Mutex;

Mutex& memory_mutex() {
  static constinit Mutex mutex;
  return mutex;
}

// A guard has four bytes here. The first: made. The second: being made.
std::atomic_ref<std::uint8_t> made(std::uint32_t* guard) {
  return std::atomic_ref(*reinterpret_cast<std::uint8_t*>(guard));
}
std::atomic_ref<std::uint8_t> being_made(std::uint32_t* guard) {
  return std::atomic_ref(*(reinterpret_cast<std::uint8_t*>(guard) + 1));
}

}  // namespace

extern "C" int __cxa_guard_acquire(std::uint32_t* guard) {
  for (unsigned times = 0; made(guard).load() == 0; ++times) {
    if (being_made(guard).exchange(1) == 0) {
      if (made(guard).load() == 0) {
        return 1;
      }
      being_made(guard).store(0);
      return 0;
    }
    proofcard::wasm_threads::pause(times);
  }
  return 0;
}
extern "C" void __cxa_guard_release(std::uint32_t* guard) {
  made(guard).store(1);
  being_made(guard).store(0);
}
extern "C" void __cxa_guard_abort(std::uint32_t* guard) { being_made(guard).store(0); }

#define PROOFCARD_UNDER_LOCK(type, name, parameters, arguments) \
  extern "C" type __real_##name parameters;                     \
  extern "C" type __wrap_##name parameters {                    \
    const Lock lock(memory_mutex());                            \
    return __real_##name arguments;                             \
  }
PROOFCARD_UNDER_LOCK(void*, malloc, (std::size_t size), (size))
PROOFCARD_UNDER_LOCK(void, free, (void* memory), (memory))
PROOFCARD_UNDER_LOCK(void*, calloc, (std::size_t count, std::size_t size), (count, size))
PROOFCARD_UNDER_LOCK(void*, realloc, (void* memory, std::size_t size), (memory, size))
PROOFCARD_UNDER_LOCK(void*, aligned_alloc, (std::size_t alignment, std::size_t size), (alignment, size))
PROOFCARD_UNDER_LOCK(int, posix_memalign, (void** out, std::size_t alignment, std::size_t size), (out, alignment, size))
#undef PROOFCARD_UNDER_LOCK

#endif
