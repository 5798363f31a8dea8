// A thread for work that begins before somebody waits for it. Where there are no threads it does nothing, and whoever waits
// does all of the work.
//
// What may stop the thread that makes it (cancellation.hpp) may stop its steps.
// Errors: what a step throws ends the thread, and is thrown by the next call of wake() or stop().
#pragma once

#include <functional>

#include "host/base/mutex.hpp"

#if PROOFCARD_THREADS
#include <condition_variable>
#include <exception>
#include <thread>

#include "host/base/cancellation.hpp"
#endif

namespace proofcard {

class Background {
 public:
  // step: does one piece of work; false when there is none. It is called on the thread, one call at a time.
  explicit Background(std::function<bool()> step) : step_(std::move(step)) {}
  ~Background();  // waits for the step that runs
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // There may be work: the thread, which the first call starts, takes steps until there is none.
  void wake();
  // Waits for the step that runs; none is begun afterwards.
  void stop();

 private:
  std::function<bool()> step_;

#if PROOFCARD_THREADS
  void run();
  void join();
  void rethrow();

  const std::stop_token* cancellation_ = current_cancellation();
  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  std::exception_ptr exception_;
  std::thread thread_;
#endif
};

}  // namespace proofcard
