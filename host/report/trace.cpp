#include "host/report/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "host/formats/json_text.hpp"
#include "host/session/backend.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

constexpr int kHostProcess = 1;
constexpr int kTracksOfAProcess = 1000;  // numbers of tracks are not used twice, as if they were threads

std::int64_t to_ns(Stages::Clock::time_point t) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count();
}

class Events {
 public:
  void name_process(int process, const std::string& name) {
    metadata("process_name", process, first_track(process), {{"name", name}});
    metadata("process_sort_index", process, first_track(process), {{"sort_index", process}});
  }
  void name_track(int process, int track, const std::string& name) {
    metadata("thread_name", process, track, {{"name", name}});
    metadata("thread_sort_index", process, track, {{"sort_index", track}});
  }
  static int first_track(int process) { return kTracksOfAProcess * process; }

  void add(int process, int track, const std::string& name, std::int64_t begin_ns, std::int64_t end_ns,
           ordered_json arguments = ordered_json::object()) {
    events_.push_back({{"ph", "X"},
                       {"name", name},
                       {"cat", "proofcard"},
                       {"pid", process},
                       {"tid", track},
                       {"ts", begin_ns},
                       {"dur", static_cast<double>(std::max<std::int64_t>(0, end_ns - begin_ns)) / 1000},
                       {"args", std::move(arguments)}});
    first_ns_ = std::min(first_ns_, begin_ns);
  }
  // An arrow through the events that begin on these tracks at these times.
  struct Stop {
    int track;
    std::int64_t begin_ns;
  };
  void add_flow(int process, const std::array<Stop, 3>& stops) {
    constexpr std::array kPhases{"s", "t", "f"};
    ++num_flows_;
    for (std::size_t i = 0; i < stops.size(); ++i) {
      ordered_json event{{"ph", kPhases[i]}, {"name", "job"},         {"cat", "job"},           {"id", num_flows_},
                         {"pid", process},   {"tid", stops[i].track}, {"ts", stops[i].begin_ns}};
      if (i + 1 == stops.size()) {
        event["bp"] = "e";  // to the event that it is in, not to the next
      }
      events_.push_back(std::move(event));
    }
  }

  std::string json() {
    for (ordered_json& event : events_) {
      event["ts"] = static_cast<double>(event["ts"].get<std::int64_t>() - first_ns_) / 1000;
    }
    ordered_json all = metadata_;
    for (const ordered_json& event : events_) {
      all.push_back(event);
    }
    const ordered_json out{{"displayTimeUnit", "ms"}, {"traceEvents", std::move(all)}};
    return json_text(out, -1) + "\n";
  }

 private:
  void metadata(const char* what, int process, int track, ordered_json arguments) {
    metadata_.push_back(
        {{"ph", "M"}, {"name", what}, {"pid", process}, {"tid", track}, {"args", std::move(arguments)}});
  }

  ordered_json metadata_ = ordered_json::array();
  std::vector<ordered_json> events_;
  std::int64_t first_ns_ = INT64_MAX;
  int num_flows_ = 0;
};

// The registers that the host wrote, then what the completion record counted.
ordered_json kernel_arguments(const device::JobEvent& job) {
  const device::abi::KernelAbi& kernel = *job.counters.kernel;
  ordered_json out = ordered_json::object();
  std::size_t next = 0;
  for (const device::abi::Argument& argument : kernel.arguments) {
    if (!argument.is_buffer) {
      out[std::string(argument.name)] = job.arguments[next++];
    }
  }
  for (const device::abi::Counter& counter : kernel.counters) {
    out[std::string(counter.name)] = job.counters[counter.name];
  }
  return out;
}

void add_card(Events& events, int process, const device::Session& session) {
  constexpr int kTracksOfAUnit = 1 + static_cast<int>(device::kSlotsPerUnit);
  events.name_process(process, "card " + session.spec());
  const std::vector<device::JobLog::Unit>& units = session.log().units();
  const auto track = [&](std::size_t unit) {
    return Events::first_track(process) + 1 + kTracksOfAUnit * static_cast<int>(unit);
  };
  const std::vector<device::JobEvent> jobs = session.log().events();
  for (std::size_t u = 0; u < units.size(); ++u) {
    events.name_track(process, track(u), units[u].name);
    for (std::uint32_t slot = 0; slot < device::kSlotsPerUnit; ++slot) {
      const auto is_here = [&](const device::JobEvent& job) { return job.unit == u && job.slot == slot; };
      if (std::ranges::any_of(jobs, is_here)) {
        events.name_track(process, track(u) + 1 + static_cast<int>(slot),
                          fmt::format("{} copies {}", units[u].name, slot + 1));
      }
    }
  }
  for (const device::JobEvent& job : jobs) {
    const int kernel = track(job.unit);
    const int copies = kernel + 1 + static_cast<int>(job.slot);
    const device::JobTimes& t = job.times;
    events.add(process, copies, "copy in", t.in_begin_ns, t.in_end_ns, {{"bytes", job.counters.in_bytes}});
    events.add(process, kernel, units[job.unit].kernel, t.kernel_begin_ns, t.kernel_end_ns, kernel_arguments(job));
    events.add(process, copies, "copy out", t.kernel_end_ns, t.out_end_ns, {{"bytes", job.counters.out_bytes}});
    events.add_flow(process, {{{copies, t.in_begin_ns}, {kernel, t.kernel_begin_ns}, {copies, t.kernel_end_ns}}});
  }
}

}  // namespace

Result<Trace> Trace::begin(const std::string& path, const std::string& device) {
  if (!path.empty()) {
    if (const device::Device* cards = opened_cards(device); cards != nullptr) {
      for (std::size_t i = 0; i < cards->num_cards(); ++i) {
        cards->session(i).log().keep_events();
      }
    }
  }
  return Trace(path, device);
}

void Trace::add(const Stages& stages) { spans_.insert(spans_.end(), stages.spans().begin(), stages.spans().end()); }

std::string Trace::json() const {
  Events events;
  events.name_process(kHostProcess, "host");
  const int stages = Events::first_track(kHostProcess) + 1;
  events.name_track(kHostProcess, stages, "stages");
  for (const Stages::Span& span : spans_) {
    events.add(kHostProcess, stages, span.name, to_ns(span.begin), to_ns(span.end));
  }
  if (const device::Device* cards = opened_cards(device_); cards != nullptr) {
    for (std::size_t i = 0; i < cards->num_cards(); ++i) {
      add_card(events, kHostProcess + 1 + static_cast<int>(i), cards->session(i));
    }
  }
  return events.json();
}

Status Trace::add_to(OutputFiles& files) const {
  // What cards count follows from secret values.
  const Access access = opened_cards(device_) == nullptr ? Access::kPublic : Access::kOwnerOnly;
  return path_.empty() ? Status() : files.add(path_, json(), access);
}

Status Trace::write() const {
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(add_to(files));
  return files.commit();
}

}  // namespace proofcard::tools
