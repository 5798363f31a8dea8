#include "host/tools/trace.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/tools/backend.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

constexpr int kHostProcess = 1;

std::int64_t to_ns(Stages::Clock::time_point t) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count();
}

class Events {
 public:
  void name_process(int process, const std::string& name) { metadata("process_name", process, 0, name); }
  void name_track(int process, int track, const std::string& name) { metadata("thread_name", process, track, name); }

  void add(int process, int track, const std::string& name, std::int64_t begin_ns, std::int64_t end_ns,
           ordered_json arguments = ordered_json::object()) {
    events_.push_back({{"ph", "X"},
                       {"name", name},
                       {"pid", process},
                       {"tid", track},
                       {"ts", begin_ns},
                       {"dur", static_cast<double>(std::max<std::int64_t>(0, end_ns - begin_ns)) / 1000},
                       {"args", std::move(arguments)}});
    first_ns_ = std::min(first_ns_, begin_ns);
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
    return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  }

 private:
  void metadata(const char* what, int process, int track, const std::string& name) {
    metadata_.push_back({{"ph", "M"}, {"name", what}, {"pid", process}, {"tid", track}, {"args", {{"name", name}}}});
  }

  ordered_json metadata_ = ordered_json::array();
  std::vector<ordered_json> events_;
  std::int64_t first_ns_ = INT64_MAX;
};

ordered_json kernel_arguments(const device::JobEvent& job) {
  const device::abi::CompletionRecord& r = job.record;
  return {{"job", r.job_id},
          {"points", job.num_points},
          {"rows", job.num_rows},
          {"scalar_bits", job.scalar_bits},
          {"first_window", job.first_window},
          {"windows", job.num_windows},
          {"cycles", r.cycles},
          {"busy_cycles", r.busy_cycles},
          {"digits", r.num_digits},
          {"stall_memory_cycles", r.stall_memory_cycles},
          {"stall_queue_cycles", r.stall_queue_cycles},
          {"drain_cycles", r.drain_cycles},
          {"fold_cycles", r.fold_cycles}};
}

// The jobs of chains, on tracks from first_track on.
void add_chains(Events& events, int process, int first_track, const device::QuotientCard& card) {
  std::vector<std::string> units;
  for (const device::QuotientStep& step : card.steps()) {
    if (std::ranges::find(units, step.unit) == units.end()) {
      events.name_track(process, first_track + static_cast<int>(units.size()), step.unit + " in chains");
      units.push_back(step.unit);
    }
    const int track = first_track + static_cast<int>(std::ranges::find(units, step.unit) - units.begin());
    events.add(
        process, track, step.kernel, step.times.kernel_begin_ns, step.times.kernel_end_ns,
        {{"points", step.points}, {"cycles", step.cycles}, {"in_bytes", step.in_bytes}, {"out_bytes", step.out_bytes}});
  }
}

void add_card(Events& events, int process, const device::MsmCard& card) {
  events.name_process(process, "card " + card.session().spec());
  const std::vector<std::string>& units = card.log().units();
  const auto track = [&](const std::string& unit) {
    return 10 * static_cast<int>(std::ranges::find(units, unit) - units.begin());
  };
  for (const std::string& unit : units) {
    events.name_track(process, track(unit), unit);
    for (int slot = 0; slot < static_cast<int>(device::kSlotsPerUnit); ++slot) {
      events.name_track(process, track(unit) + 1 + slot, unit + fmt::format(" copies {}", slot + 1));
    }
  }
  for (const device::JobEvent& job : card.log().events()) {
    const int kernel = track(job.unit);
    const int copies = kernel + 1 + static_cast<int>(job.slot);
    const device::JobTimes& t = job.times;
    events.add(process, copies, "copy in", t.in_begin_ns, t.in_end_ns, ordered_json{{"bytes", job.in_bytes}});
    events.add(process, kernel, std::string(device::abi::kKernelName), t.kernel_begin_ns, t.kernel_end_ns,
               kernel_arguments(job));
    events.add(process, copies, "copy out", t.kernel_end_ns, t.out_end_ns, ordered_json{{"bytes", job.out_bytes}});
  }
}

}  // namespace

Result<Trace> Trace::begin(const std::string& path, const std::string& device) {
  if (!path.empty()) {
    PROOFCARD_RETURN_IF_ERROR(check_writable(path));
    if (const device::Device* cards = opened_cards(device); cards != nullptr) {
      for (std::size_t i = 0; i < cards->num_cards(); ++i) {
        cards->card(i).log().keep_events();
        if (cards->quotient() != nullptr) {
          cards->quotient()->card(i).keep_steps();
        }
      }
    }
  }
  return Trace(path, device);
}

void Trace::add(const Stages& stages) { spans_.insert(spans_.end(), stages.spans().begin(), stages.spans().end()); }

std::string Trace::json() const {
  Events events;
  events.name_process(kHostProcess, "host");
  events.name_track(kHostProcess, 0, "stages");
  for (const Stages::Span& span : spans_) {
    events.add(kHostProcess, 0, span.name, to_ns(span.begin), to_ns(span.end));
  }
  if (const device::Device* cards = opened_cards(device_); cards != nullptr) {
    for (std::size_t i = 0; i < cards->num_cards(); ++i) {
      const int process = kHostProcess + 1 + static_cast<int>(i);
      add_card(events, process, cards->card(i));
      if (cards->quotient() != nullptr) {
        add_chains(events, process, 10 * static_cast<int>(cards->card(i).num_units()), cards->quotient()->card(i));
      }
    }
  }
  return events.json();
}

Status Trace::add_to(OutputFiles& files) const {
  return path_.empty() ? Status() : files.add(path_, json(), Access::kPublic);
}

}  // namespace proofcard::tools
