// Wall-clock time by stage, for reports and traces. Stages follow each other; a name may come back and adds up.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace proofcard {

class Stages {
 public:
  using Clock = std::chrono::steady_clock;
  struct Span {
    std::string name;
    Clock::time_point begin;
    Clock::time_point end;
  };

  // Ends the running stage, if any, and starts this one.
  void start(std::string name) {
    stop();
    current_ = std::move(name);
    if (observer_) {
      observer_(current_);
    }
    begin_ = Clock::now();
    running_ = true;
  }
  void stop() {
    if (!running_) {
      return;
    }
    running_ = false;
    const Clock::time_point end = Clock::now();
    const double ms = std::chrono::duration<double, std::milli>(end - begin_).count();
    spans_.push_back({current_, begin_, end});
    for (auto& [name, total] : ms_) {
      if (name == current_) {
        total += ms;
        return;
      }
    }
    ms_.emplace_back(current_, ms);
  }
  // Called with the name of each stage that starts.
  using Observer = std::function<void(const std::string&)>;
  void set_observer(Observer observer) { observer_ = std::move(observer); }
  Observer take_observer() { return std::exchange(observer_, {}); }
  // In order of first start.
  const std::vector<std::pair<std::string, double>>& milliseconds() const { return ms_; }
  // Every stage that has ended, in order.
  const std::vector<Span>& spans() const { return spans_; }

 private:
  std::vector<Span> spans_;
  std::vector<std::pair<std::string, double>> ms_;
  std::string current_;
  Clock::time_point begin_;
  bool running_ = false;
  Observer observer_;
};

// While it lives, nobody is told of stages: where a lock is held that an observer could wait for.
class StagesUnobserved {
 public:
  explicit StagesUnobserved(Stages& stages) : stages_(stages), observer_(stages.take_observer()) {}
  ~StagesUnobserved() { stages_.set_observer(std::move(observer_)); }
  StagesUnobserved(const StagesUnobserved&) = delete;
  StagesUnobserved& operator=(const StagesUnobserved&) = delete;

 private:
  Stages& stages_;
  Stages::Observer observer_;
};

}  // namespace proofcard
