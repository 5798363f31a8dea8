// Runs a long call of the library for Python: the interpreter's lock is free meanwhile, progress is told, and Ctrl-C stops it.
//
// The call computes on a thread of its own. The thread that called from Python waits for it, and takes the lock only to tell
// progress and to ask for signals, which Python hands to the main thread alone.
#pragma once

#include <nanobind/nanobind.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <proofcard/control.hpp>
#include <string>
#include <thread>
#include <vector>

namespace proofcard::python {

inline constexpr std::chrono::milliseconds kSignalInterval{50};

// progress: None, or a callable that takes the name of a stage. work: takes a Control and touches nothing of Python's.
template <class Work>
auto long_call(const std::string& device, const nanobind::object& progress, Work work) {
  namespace nb = nanobind;
  using T = decltype(work(Control{}));
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> stages;
  bool done = false;
  std::optional<T> result;
  std::exception_ptr error;
  std::jthread worker([&](std::stop_token stop) {
    const auto watch = [&](const std::string& stage) {
      const std::scoped_lock lock(mutex);
      stages.push_back(stage);
      changed.notify_one();
    };
    try {
      result.emplace(work(Control{device, watch, std::move(stop)}));
    } catch (...) {
      error = std::current_exception();
    }
    const std::scoped_lock lock(mutex);
    done = true;
    changed.notify_one();
  });
  const auto stop_and_wait = [&] {
    const nb::gil_scoped_release release;
    worker.request_stop();
    worker.join();
  };
  bool finished = false;
  while (!finished) {
    std::vector<std::string> begun;
    {
      const nb::gil_scoped_release release;
      std::unique_lock lock(mutex);
      changed.wait_for(lock, kSignalInterval, [&] { return done || !stages.empty(); });
      begun.swap(stages);
      finished = done;
    }
    try {
      for (const std::string& stage : begun) {
        if (!progress.is_none()) {
          progress(stage);
        }
      }
      if (PyErr_CheckSignals() != 0) {
        throw nb::python_error();
      }
    } catch (...) {
      stop_and_wait();
      throw;
    }
  }
  worker.join();
  if (error) {
    std::rethrow_exception(error);
  }
  return std::move(*result);
}

}  // namespace proofcard::python
