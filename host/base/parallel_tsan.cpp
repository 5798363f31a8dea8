// The thread pool of builds for ThreadSanitizer. It cannot see how the packaged oneTBB, which is not instrumented, hands work
// from thread to thread; it understands threads that are started and joined, so here every call starts its own.
#include "host/base/parallel.hpp"

#if defined(__SANITIZE_THREAD__)

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include "host/base/cancellation.hpp"

namespace proofcard {
namespace {

// Threads are a minimum of four even on a machine with fewer cores: the sanitizer judges order, not speed.
std::atomic<std::size_t> g_num_threads{std::max<std::size_t>(4, std::thread::hardware_concurrency())};

// A call within a call runs on the thread that it is on.
thread_local bool t_inside = false;

// Runs body() on each of `n` threads, one of them the caller's; rethrows the first exception.
void on_threads(std::size_t n, const std::function<void(std::size_t)>& body) {
  std::vector<std::exception_ptr> errors(n);
  const std::stop_token* stop = current_cancellation();
  const auto run = [&](std::size_t index) {
    const CancellationScope scope(stop);
    const bool outer = t_inside;
    t_inside = true;
    try {
      body(index);
    } catch (...) {
      errors[index] = std::current_exception();
    }
    t_inside = outer;
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < n; ++i) {
    threads.emplace_back(run, i);
  }
  run(0);
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const std::exception_ptr& error : errors) {
    if (error) {
      std::rethrow_exception(error);
    }
  }
}

}  // namespace

std::size_t num_threads() { return g_num_threads; }

void set_num_threads(std::size_t n) { g_num_threads = std::max<std::size_t>(1, n); }

void parallel_for(std::size_t n, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body) {
  grain = std::max<std::size_t>(1, grain);
  if (n == 0) {
    return;
  }
  throw_if_cancelled();
  const std::size_t num_ranges = (n + grain - 1) / grain;
  const std::size_t threads = std::min(num_threads(), num_ranges);
  if (threads == 1 || t_inside) {
    body(0, n);
    return;
  }
  // Each thread has its ranges however long they take: with few of them, one that is quick would leave none to the others,
  // and nothing to judge.
  on_threads(threads, [&](std::size_t thread) {
    for (std::size_t i = thread; i < num_ranges; i += threads) {
      throw_if_cancelled();
      body(i * grain, std::min(n, (i + 1) * grain));
    }
  });
}

void parallel_invoke(const std::function<void()>& a, const std::function<void()>& b) {
  if (num_threads() == 1 || t_inside) {
    a();
    b();
    return;
  }
  on_threads(2, [&](std::size_t index) { index == 0 ? a() : b(); });
}

}  // namespace proofcard

#endif
