// Locks, where there are threads. The standard library of WebAssembly has none: the module has threads of its own where it is compiled
// for them (wasm_threads.hpp), which do nothing but help in parallel.hpp.
#pragma once

#if defined(__wasm__)
#define PROOFCARD_THREADS 0
#if defined(__wasm_atomics__)
#include "host/base/wasm_threads.hpp"
#endif
#else
#define PROOFCARD_THREADS 1
#include <mutex>
#endif

namespace proofcard {

#if PROOFCARD_THREADS

using Mutex = std::mutex;
using Lock = std::scoped_lock<std::mutex>;
using Once = std::once_flag;

template <class Body>
void call_once(Once& once, const Body& body) {
  std::call_once(once, body);
}

#elif defined(__wasm_atomics__)

using Mutex = wasm_threads::Mutex;
using Lock = wasm_threads::Lock;
using Once = wasm_threads::Once;

template <class Body>
void call_once(Once& once, const Body& body) {
  if (once.begin()) {
    body();
    once.end();
  }
}

#else

class Mutex {};

class Lock {
 public:
  explicit Lock(Mutex& /*mutex*/) {}
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() {}  // not trivial, so that a lock is no unused variable
};

class Once {
 public:
  // Whether this is the first call.
  bool first() {
    const bool first = !done_;
    done_ = true;
    return first;
  }

 private:
  bool done_ = false;
};

template <class Body>
void call_once(Once& once, const Body& body) {
  if (once.first()) {
    body();
  }
}

#endif

}  // namespace proofcard
