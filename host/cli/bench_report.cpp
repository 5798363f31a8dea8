#include "host/cli/bench_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"

namespace proofcard::tools {

using nlohmann::ordered_json;

void add_bench_options(const Options& command, BenchOptions& options) {
  command.number("--repeat", options.repeat, 1, 1'000'000, "Number of runs");
  command.flag("--json", options.json, "Print JSON instead of a table");
  add_machine_options(command, options.machine);
}

Spread spread(std::vector<double> ms) {
  std::sort(ms.begin(), ms.end());
  const std::size_t n = ms.size();
  return {ms.front(), n % 2 == 1 ? ms[n / 2] : (ms[n / 2 - 1] + ms[n / 2]) / 2, ms.back()};
}

ordered_json to_json(const Spread& s) { return {{"min", s.min}, {"median", s.median}, {"max", s.max}}; }

void StageTimes::add(const Stages& stages) {
  for (const auto& [name, ms] : stages.milliseconds()) {
    auto found = std::ranges::find(ms_, name, [](const auto& s) { return s.first; });
    if (found == ms_.end()) {
      found = ms_.insert(ms_.end(), {name, {}});
    }
    found->second.push_back(ms);
  }
}

void StageTimes::print() const {
  for (const auto& [name, ms] : ms_) {
    print_row("  " + name, spread(ms));
  }
}

ordered_json StageTimes::json() const {
  ordered_json out;
  for (const auto& [name, ms] : ms_) {
    out[name] = to_json(spread(ms));
  }
  return out;
}

ordered_json machine_json(const BenchOptions& options) {
  return {{"device", options.machine.device},
          {"threads", num_threads()},
          {"isa", isa_name(active_isa())},
          {"repeat", options.repeat}};
}

std::string machine_text(const BenchOptions& options) {
  return fmt::format("{} ({}), {} thread(s), {} runs", options.machine.device, isa_name(active_isa()), num_threads(),
                     options.repeat);
}

void print_table_head(const std::string& title) {
  say("{}\n  {:<16} {:>12} {:>12} {:>12}\n", title, "", "min ms", "median ms", "max ms");
}

void print_row(const std::string& name, const Spread& s) {
  say("  {:<16} {:>12.3f} {:>12.3f} {:>12.3f}\n", name, s.min, s.median, s.max);
}

}  // namespace proofcard::tools
