// Stopping a long computation from outside: whoever starts it says what may stop it, and parallel_for asks between its ranges.
//
//   const CancellationScope scope(stop);    // std::stop_token; for what this thread computes while the scope lives
//
// Errors: CancellationError, the one exception of ours that passes through the engine. It leaves nothing behind but memory, which is
//         given back: what was computed until then is lost.
#pragma once

#include <exception>
#include <stop_token>

namespace proofcard {

class CancellationError : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped before it was done"; }
};

// Of this thread: what may stop it. Restores what was there before.
class CancellationScope {
 public:
  // The token outlives the scope.
  explicit CancellationScope(const std::stop_token* stop);
  ~CancellationScope();
  CancellationScope(const CancellationScope&) = delete;
  CancellationScope& operator=(const CancellationScope&) = delete;

 private:
  const std::stop_token* before_;
};

// nullptr: nothing stops this thread.
const std::stop_token* current_cancellation();
// Errors: throws CancellationError when this thread is to stop.
void throw_if_cancelled();

}  // namespace proofcard
