// Where there are no threads, every call does its work itself.
#include "host/base/mutex.hpp"
#include "host/base/parallel.hpp"

#if !PROOFCARD_THREADS && !defined(__wasm_atomics__)  // otherwise parallel_wasm.cpp

namespace proofcard {

std::size_t num_threads() { return 1; }

void set_num_threads(std::size_t /*n*/) {}

void parallel_for(std::size_t n, std::size_t /*grain*/, const std::function<void(std::size_t, std::size_t)>& body) {
  if (n > 0) {
    body(0, n);
  }
}

void parallel_invoke(const std::function<void()>& a, const std::function<void()>& b) {
  a();
  b();
}

}  // namespace proofcard

#endif
