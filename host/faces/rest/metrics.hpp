// Counters for Prometheus, in its text format. Names and labels say nothing about inputs, outputs or secrets.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "host/device/card_place.hpp"

namespace proofcard::rest {

// What is measured when somebody asks.
struct Gauges {
  std::size_t connections = 0;
  std::size_t jobs_queued = 0;
  std::size_t jobs_running = 0;
  std::size_t keys_loaded = 0;
  std::uint64_t key_bytes = 0;
  std::uint64_t request_bytes = 0;
  std::uint64_t free_disk_bytes = 0;
  double uptime_seconds = 0;
};

class Metrics {
 public:
  // route: a pattern of the API, never what was asked for.
  void count_request(std::string_view route, unsigned status, double seconds);
  // outcome: "done", "failed", "deleted".
  void count_job(const std::string& outcome, double prove_seconds);
  std::string text(const Gauges& gauges, std::span<const device::CardHealth> cards) const;

 private:
  static constexpr std::array kBounds{0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0};
  struct Histogram {
    std::array<std::uint64_t, kBounds.size()> below{};
    std::uint64_t count = 0;
    double sum = 0;
    void add(double seconds);
  };
  static void write(std::string& out, std::string_view name, std::string_view help, const Histogram& histogram);

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, unsigned>, std::uint64_t> requests_;
  std::map<std::string, std::uint64_t> jobs_;
  Histogram request_seconds_;
  Histogram prove_seconds_;
};

}  // namespace proofcard::rest
