#include "host/faces/rest/metrics.hpp"

#include <fmt/format.h>

#include <iterator>

namespace proofcard::rest {
namespace {

void write_head(std::string& out, std::string_view name, std::string_view help, std::string_view type) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

template <class T>
void write_gauge(std::string& out, std::string_view name, std::string_view help, T value) {
  write_head(out, name, help, "gauge");
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

// As a label's value.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '\\' || c == '"' ? std::string{'\\', c} : std::string{c};
  }
  return out;
}

template <class F>
void write_of_cards(std::string& out, std::string_view name, std::string_view help, std::string_view type,
                    std::span<const device::CardHealth> cards, const F& value) {
  write_head(out, name, help, type);
  for (const device::CardHealth& card : cards) {
    fmt::format_to(std::back_inserter(out), "{}{{card=\"{}\"}} {}\n", name, escaped(card.card), value(card));
  }
}

void write_cards(std::string& out, std::span<const device::CardHealth> cards) {
  using Card = device::CardHealth;
  write_head(out, "proofcard_card_state", "1 for the state that a card is in, 0 for the others.", "gauge");
  for (const Card& card : cards) {
    for (const std::string_view state : device::kCardStateNames) {
      fmt::format_to(std::back_inserter(out), "proofcard_card_state{{card=\"{}\",state=\"{}\"}} {}\n",
                     escaped(card.card), state, state == card_state_name(card.state) ? 1 : 0);
    }
  }
  write_of_cards(out, "proofcard_card_tasks_total", "Tasks of proofs that a card has done.", "counter", cards,
                 [](const Card& card) { return card.tasks_done; });
  write_of_cards(out, "proofcard_card_tasks_running", "Tasks that a card has in hand.", "gauge", cards,
                 [](const Card& card) { return card.tasks_running; });
  write_of_cards(out, "proofcard_card_tasks_moved_total", "Tasks that were begun on a card and left to others.",
                 "counter", cards, [](const Card& card) { return card.tasks_moved; });
  write_of_cards(out, "proofcard_card_failures_total", "How often a card has failed.", "counter", cards,
                 [](const Card& card) { return card.failures; });
  write_of_cards(out, "proofcard_card_readmissions_total", "How often a card was put back.", "counter", cards,
                 [](const Card& card) { return card.readmissions; });
  write_of_cards(out, "proofcard_card_uptime_seconds", "Since a card was opened or put back; 0 when it is not open.",
                 "gauge", cards, [](const Card& card) { return card.uptime_seconds; });
  // Only what a card measures: emulated cards measure nothing.
  write_head(out, "proofcard_card_power_watts", "Power of a card, as its sensors say.", "gauge");
  for (const Card& card : cards) {
    if (card.sensors.power_watts) {
      fmt::format_to(std::back_inserter(out), "proofcard_card_power_watts{{card=\"{}\"}} {}\n", escaped(card.card),
                     *card.sensors.power_watts);
    }
  }
  write_head(out, "proofcard_card_temperature_celsius", "Temperatures of a card, as its sensors say.", "gauge");
  for (const Card& card : cards) {
    for (const auto& temperature : card.sensors.temperatures) {
      fmt::format_to(std::back_inserter(out), "proofcard_card_temperature_celsius{{card=\"{}\",place=\"{}\"}} {}\n",
                     escaped(card.card), escaped(temperature.place), temperature.celsius);
    }
  }
}

}  // namespace

void Metrics::Histogram::add(double seconds) {
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    below[i] += seconds <= kBounds[i] ? 1 : 0;
  }
  ++count;
  sum += seconds;
}

void Metrics::write(std::string& out, std::string_view name, std::string_view help, const Histogram& histogram) {
  write_head(out, name, help, "histogram");
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    fmt::format_to(std::back_inserter(out), "{}_bucket{{le=\"{}\"}} {}\n", name, kBounds[i], histogram.below[i]);
  }
  fmt::format_to(std::back_inserter(out), "{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", name,
                 histogram.count, histogram.sum);
}

void Metrics::count_request(std::string_view route, unsigned status, double seconds) {
  const std::scoped_lock lock(mutex_);
  ++requests_[{std::string(route), status}];
  request_seconds_.add(seconds);
}

void Metrics::count_job(const std::string& outcome, double prove_seconds) {
  const std::scoped_lock lock(mutex_);
  ++jobs_[outcome];
  if (outcome == "done") {
    prove_seconds_.add(prove_seconds);
  }
}

std::string Metrics::text(const Gauges& gauges, std::span<const device::CardHealth> cards) const {
  const std::scoped_lock lock(mutex_);
  std::string out;
  write_head(out, "proofcard_requests_total", "Requests that were answered, by route and status.", "counter");
  for (const auto& [key, count] : requests_) {
    fmt::format_to(std::back_inserter(out), "proofcard_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", key.first,
                   key.second, count);
  }
  write(out, "proofcard_request_seconds", "Time from a request's head to its answer.", request_seconds_);
  write_head(out, "proofcard_jobs_total", "Jobs that ended, by outcome.", "counter");
  for (const auto& [outcome, count] : jobs_) {
    fmt::format_to(std::back_inserter(out), "proofcard_jobs_total{{outcome=\"{}\"}} {}\n", outcome, count);
  }
  write(out, "proofcard_prove_seconds", "Time of one proof, without waiting.", prove_seconds_);
  write_gauge(out, "proofcard_connections", "Open connections.", gauges.connections);
  write_gauge(out, "proofcard_jobs_queued", "Jobs that wait.", gauges.jobs_queued);
  write_gauge(out, "proofcard_jobs_running", "Jobs that are being proved.", gauges.jobs_running);
  write_gauge(out, "proofcard_keys_loaded", "Prover keys that are ready.", gauges.keys_loaded);
  write_gauge(out, "proofcard_key_bytes", "Memory of these keys, roughly.", gauges.key_bytes);
  write_gauge(out, "proofcard_request_bytes", "Bodies that are being received or answered.", gauges.request_bytes);
  write_gauge(out, "proofcard_free_disk_bytes", "What the state's file system has left.", gauges.free_disk_bytes);
  write_gauge(out, "proofcard_uptime_seconds", "Since the service began.", gauges.uptime_seconds);
  if (!cards.empty()) {
    write_cards(out, cards);
  }
  return out;
}

}  // namespace proofcard::rest
