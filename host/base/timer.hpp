// Wall-clock time since a point, for reports.
#pragma once

#include <chrono>

namespace proofcard {

// Milliseconds since construction.
class Timer {
 public:
  double milliseconds() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace proofcard
