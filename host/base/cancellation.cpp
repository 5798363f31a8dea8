#include "host/base/mutex.hpp"

#if PROOFCARD_THREADS  // otherwise nobody is there who could stop anything

#include "host/base/cancellation.hpp"

namespace proofcard {
namespace {

thread_local const std::stop_token* t_stop = nullptr;

}  // namespace

CancellationScope::CancellationScope(const std::stop_token* stop) : before_(t_stop) { t_stop = stop; }
CancellationScope::~CancellationScope() { t_stop = before_; }

const std::stop_token* current_cancellation() { return t_stop; }

void throw_if_cancelled() {
  if (t_stop != nullptr && t_stop->stop_requested()) {
    throw CancellationError();
  }
}

}  // namespace proofcard

#endif
