#include "host/base/background.hpp"

namespace proofcard {

#if PROOFCARD_THREADS

Background::~Background() { join(); }

void Background::wake() {
  rethrow();
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { run(); });
  }
  changed_.notify_one();
}

void Background::stop() {
  join();
  rethrow();
}

void Background::join() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Background::rethrow() {
  const std::lock_guard lock(mutex_);
  if (exception_) {
    std::rethrow_exception(exception_);
  }
}

// The thread.
void Background::run() {
  const CancellationScope scope(cancellation_);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || woken_; });
    if (stopping_) {
      return;
    }
    woken_ = false;
    lock.unlock();
    bool found = false;
    std::exception_ptr exception;
    try {
      found = step_();
    } catch (...) {
      exception = std::current_exception();
    }
    lock.lock();
    if (exception) {
      exception_ = exception;
      return;
    }
    woken_ = woken_ || found;  // or somebody woke it meanwhile
  }
}

#else

Background::~Background() = default;
void Background::wake() {}
void Background::stop() {}

#endif

}  // namespace proofcard
