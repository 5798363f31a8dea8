// A progress bar on standard error, when that is a terminal and not with --quiet: the running stage and the time since the start.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "host/base/stages.hpp"

namespace proofcard::tools {

class Progress {
 public:
  // `shares`: the stages in order and roughly what part of the time each takes; stages that are not listed move
  // nothing. Watches `stages`, which must outlive this.
  Progress(Stages& stages, std::vector<std::pair<std::string, double>> shares);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void show(const std::string& stage);

  Stages& stages_;
  std::vector<std::pair<std::string, double>> shares_;
  std::size_t reached_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

std::vector<std::pair<std::string, double>> prove_shares();
std::vector<std::pair<std::string, double>> setup_shares();

}  // namespace proofcard::tools
