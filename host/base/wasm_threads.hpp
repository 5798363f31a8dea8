// Threads of the WebAssembly module: its host starts them, each an instance of the module in the same memory, and they help whoever is in
// parallel_for. The thread that the host calls on is not one of them; it alone hands out work.
//
// Waiting: the thread of a page must not stop, so that there a lock that is taken and work that others finish are asked for in a loop.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace proofcard::wasm_threads {

// Threads that work at the same time, the caller among them. caller_may_stop: whether the thread that the host calls on may wait.
void begin(std::size_t num_threads, bool caller_may_stop);
// Of a thread that the host has started. Never returns.
[[noreturn]] void help();
// Not 0: a thread has ended by a fault, and the module cannot go on. The host writes it.
std::atomic<std::uint32_t>& fault();

// Passes some time, or gives the processor away for it where that may be.
void pause(unsigned times_before);

class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() {
    for (unsigned times = 0; taken_.exchange(1) != 0; ++times) {
      pause(times);
    }
  }
  void unlock() { taken_.store(0); }

 private:
  std::atomic<std::uint32_t> taken_ = 0;
};

class Lock {
 public:
  explicit Lock(Mutex& mutex) : mutex_(mutex) { mutex_.lock(); }
  ~Lock() { mutex_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  Mutex& mutex_;
};

class Once {
 public:
  // Whether this is the first call, which has to call end(). Others return when it has.
  bool begin() {
    if (state_.load() == kDone) {
      return false;
    }
    std::uint32_t expected = kNew;
    if (state_.compare_exchange_strong(expected, kBegun)) {
      return true;
    }
    for (unsigned times = 0; state_.load() != kDone; ++times) {
      pause(times);
    }
    return false;
  }
  void end() { state_.store(kDone); }

 private:
  static constexpr std::uint32_t kNew = 0;
  static constexpr std::uint32_t kBegun = 1;
  static constexpr std::uint32_t kDone = 2;
  std::atomic<std::uint32_t> state_ = kNew;
};

}  // namespace proofcard::wasm_threads
