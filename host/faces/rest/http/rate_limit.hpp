// So many requests a second in the long run, by name; short bursts of twice as many, of one at least.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace proofcard::rest {

class RateLimit {
 public:
  explicit RateLimit(double per_second) : per_second_(per_second) {}

  bool take(const std::string& name) {
    const auto now = std::chrono::steady_clock::now();
    const std::scoped_lock lock(mutex_);
    const double most = std::max(1.0, 2 * per_second_);
    const auto [entry, is_new] = left_.try_emplace(name, Left{most, now});
    Left& left = entry->second;
    left.tokens = std::min(most, left.tokens + per_second_ * std::chrono::duration<double>(now - left.at).count());
    left.at = now;
    if (left.tokens < 1) {
      return false;
    }
    left.tokens -= 1;
    return true;
  }

 private:
  struct Left {
    double tokens;
    std::chrono::steady_clock::time_point at;
  };
  double per_second_;
  std::mutex mutex_;
  std::map<std::string, Left> left_;  // of names that exist: API keys
};

}  // namespace proofcard::rest
