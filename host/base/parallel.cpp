#include "host/base/parallel.hpp"

#include "host/base/mutex.hpp"

#if PROOFCARD_THREADS && !defined(__SANITIZE_THREAD__)  // otherwise parallel_none.cpp, parallel_tsan.cpp

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "host/base/cancellation.hpp"

namespace proofcard {
namespace {

std::mutex g_mutex;
std::unique_ptr<tbb::global_control> g_limit;
std::size_t g_num_threads = 0;

}  // namespace

std::size_t num_threads() {
  const std::scoped_lock lock(g_mutex);
  if (g_num_threads == 0) {
    g_num_threads = static_cast<std::size_t>(std::max(1, tbb::info::default_concurrency()));
  }
  return g_num_threads;
}

void set_num_threads(std::size_t n) {
  const std::scoped_lock lock(g_mutex);
  g_num_threads = std::max<std::size_t>(1, n);
  g_limit.reset();
  g_limit = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism, g_num_threads);
}

void parallel_for(std::size_t n, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body) {
  grain = std::max<std::size_t>(1, grain);
  if (n == 0) {
    return;
  }
  throw_if_cancelled();
  if (n <= grain || num_threads() == 1) {
    body(0, n);
    return;
  }
  const std::stop_token* stop = current_cancellation();  // ranges run on other threads
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, n, grain), [&](const tbb::blocked_range<std::size_t>& r) {
    const CancellationScope scope(stop);
    throw_if_cancelled();
    body(r.begin(), r.end());
  });
}

void parallel_invoke(const std::function<void()>& a, const std::function<void()>& b) {
  if (num_threads() == 1) {
    a();
    b();
    return;
  }
  const std::stop_token* stop = current_cancellation();
  tbb::task_group group;
  group.run([stop, &b] {
    const CancellationScope scope(stop);
    b();
  });
  try {
    a();
  } catch (...) {
    group.cancel();
    try {
      group.wait();
    } catch (...) {  // a's goes on
    }
    throw;
  }
  group.wait();
}

}  // namespace proofcard

#endif
