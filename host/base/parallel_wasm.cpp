// The pool of a WebAssembly module with threads (wasm_threads.hpp). One loop at a time: a loop within a loop runs on the thread that it is
// on.
#include "host/base/parallel.hpp"

#if defined(__wasm_atomics__)

#include <algorithm>
#include <cstdlib>

#include "host/base/wasm_threads.hpp"

namespace proofcard {
namespace {

struct Loop {
  const std::function<void(std::size_t, std::size_t)>& body;
  std::size_t n;
  std::size_t range_size;
  std::size_t num_ranges;
  std::atomic<std::size_t> next = 0;

  void run() {
    for (std::size_t i = next++; i < num_ranges; i = next++) {
      body(i * range_size, std::min(n, (i + 1) * range_size));
    }
  }
};

constexpr std::size_t kRangesPerThread = 8;  // at most: threads do not all begin and go on alike
constexpr std::int64_t kForever = -1;
constexpr unsigned kSpins = 2000;  // before a thread sleeps: some microseconds, which loops follow each other in

std::size_t g_num_threads = 1;
bool g_caller_may_stop = false;
std::atomic<Loop*> g_loop = nullptr;
std::atomic<std::uint32_t> g_num_loops = 0;   // that were begun; what helpers wait for
std::atomic<std::uint32_t> g_num_inside = 0;  // helpers that may have seen g_loop
std::atomic<std::uint32_t> g_fault = 0;
thread_local bool t_inside = false;
thread_local bool t_helper = false;

std::int32_t* address(std::atomic<std::uint32_t>& value) { return reinterpret_cast<std::int32_t*>(&value); }

}  // namespace

namespace wasm_threads {

void begin(std::size_t num_threads, bool caller_may_stop) {
  g_num_threads = std::max<std::size_t>(1, num_threads);
  g_caller_may_stop = caller_may_stop;
}

std::atomic<std::uint32_t>& fault() { return g_fault; }

void pause(unsigned times_before) {
  if (g_fault.load() != 0) {
    std::abort();
  }
  if (times_before >= kSpins && (t_helper || g_caller_may_stop)) {
    static std::atomic<std::uint32_t> nothing = 0;
    constexpr std::int64_t kNanoseconds = 50'000;
    __builtin_wasm_memory_atomic_wait32(address(nothing), 0, kNanoseconds);
  }
}

void help() {
  t_inside = true;
  t_helper = true;
  std::uint32_t seen = 0;
  while (true) {
    for (unsigned i = 0; i < kSpins && g_num_loops.load() == seen; ++i) {
    }
    if (g_num_loops.load() == seen) {
      __builtin_wasm_memory_atomic_wait32(address(g_num_loops), static_cast<std::int32_t>(seen), kForever);
    }
    seen = g_num_loops.load();
    // Whoever is counted may use the loop: its owner takes it away first, and then waits until nobody is.
    ++g_num_inside;
    if (Loop* const loop = g_loop.load()) {
      loop->run();
    }
    --g_num_inside;
  }
}

}  // namespace wasm_threads

std::size_t num_threads() { return g_num_threads; }

void set_num_threads(std::size_t n) { g_num_threads = std::max<std::size_t>(1, n); }

void parallel_for(std::size_t n, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body) {
  grain = std::max<std::size_t>(1, grain);
  if (n == 0) {
    return;
  }
  if (n <= grain || g_num_threads == 1 || t_inside) {
    body(0, n);
    return;
  }
  const std::size_t most_ranges = kRangesPerThread * g_num_threads;
  const std::size_t range_size = std::max(grain, (n + most_ranges - 1) / most_ranges);
  Loop loop{.body = body, .n = n, .range_size = range_size, .num_ranges = (n + range_size - 1) / range_size};
  if (g_fault.load() != 0) {
    std::abort();
  }
  t_inside = true;
  g_loop.store(&loop);
  ++g_num_loops;
  __builtin_wasm_memory_atomic_notify(address(g_num_loops), static_cast<std::uint32_t>(g_num_threads - 1));
  loop.run();
  g_loop.store(nullptr);
  for (unsigned times = 0; g_num_inside.load() != 0; ++times) {
    wasm_threads::pause(times);
  }
  t_inside = false;
}

// One after the other, so that loops within them have all threads.
void parallel_invoke(const std::function<void()>& a, const std::function<void()>& b) {
  a();
  b();
}

}  // namespace proofcard

#endif
