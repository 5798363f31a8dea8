#include "host/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "host/cli/commands.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kBarWidth = 30;

bool shown() { return ::isatty(STDERR_FILENO) == 1 && !is_quiet(); }

}  // namespace

Progress::Progress(Stages& stages, std::vector<std::pair<std::string, double>> shares)
    : stages_(stages), shares_(std::move(shares)) {
  if (shown()) {
    stages_.set_observer([this](const std::string& stage) { show(stage); });
  }
}

Progress::~Progress() {
  stages_.set_observer({});
  if (shown()) {
    fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
  }
}

void Progress::show(const std::string& stage) {
  for (std::size_t i = reached_; i < shares_.size(); ++i) {
    if (shares_[i].first == stage) {
      reached_ = i;
      break;
    }
  }
  double done = 0;
  double total = 0;
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    total += shares_[i].second;
    done += i < reached_ ? shares_[i].second : 0;
  }
  const auto filled = static_cast<std::size_t>(static_cast<double>(kBarWidth) * done / total);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  fmt::print(stderr, "\r\033[K[{}{}] {:3.0f} %  {:.1f} s  {}", std::string(filled, '#'),
             std::string(kBarWidth - filled, ' '), 100 * done / total, seconds, stage);
  std::fflush(stderr);
}

std::vector<std::pair<std::string, double>> prove_shares() {
  return {{"read key", 5}, {"generators", 5}, {"weights", 2}, {"inference", 5},       {"witness", 8}, {"commit", 20},
          {"lookup", 25},  {"sumcheck", 20},  {"open", 10},   {"zero knowledge", 10}, {"check", 5}};
}

std::vector<std::pair<std::string, double>> setup_shares() {
  return {{"circuit", 3},  {"generators", 3}, {"commit weights", 10}, {"witness", 2}, {"commit", 2}, {"lookup", 70},
          {"sumcheck", 2}, {"open", 4},       {"zero knowledge", 4},  {"check", 1}};
}

}  // namespace proofcard::tools
