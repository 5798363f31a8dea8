#include "host/report/cards/workload_figures.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/report/html.hpp"

namespace proofcard::tools {
namespace {

void add_channels(const CardReport& report, const ReportedWorkload& workload, std::size_t card, WorkloadFigures& out) {
  const std::optional<device::MemoryUse>& memory = workload.memory[card];
  if (!memory) {
    return;
  }
  out.has_memory = true;
  std::uint64_t cycles = 0;
  for (const ReportedUnit& unit : workload.units) {
    cycles = unit.card == card ? std::max(cycles, unit.counters["cycles"]) : cycles;
  }
  const double seconds = static_cast<double>(cycles) / (memory->kernel_mhz * 1e6);
  for (const device::ChannelUse& use : memory->channels) {
    const std::uint64_t bytes = use.bytes_read + use.bytes_written;
    if (bytes + use.copied_in + use.copied_out == 0) {
      continue;
    }
    const auto b = static_cast<double>(bytes);
    const auto peak = static_cast<double>(use.peak_bytes_per_second);
    out.channels.push_back(
        {report.cards[card].spec, use, html::ratio(b, static_cast<double>(cycles)), html::ratio(b, peak * seconds)});
    if (bytes != 0) {
      ++out.num_channels;
      out.channel_bytes += bytes;
      out.peak_bytes_per_second += peak;
    }
  }
}

}  // namespace

double WorkloadFigures::share(std::string_view counter) const {
  return html::ratio(static_cast<double>(all[counter]), static_cast<double>(all["cycles"]));
}

double WorkloadFigures::intensity() const {
  return html::ratio(static_cast<double>(operations), static_cast<double>(channel_bytes));
}

const ChannelFigures* WorkloadFigures::busiest() const {
  const auto most = std::ranges::max_element(channels, {}, &ChannelFigures::utilisation);
  return most == channels.end() ? nullptr : &*most;
}

WorkloadFigures figures_of(const CardReport& report, const ReportedWorkload& workload) {
  WorkloadFigures out;
  out.view = find_kernel_view(workload.kernel);
  PROOFCARD_CHECK(out.view != nullptr && workload.memory.size() == report.cards.size());
  for (const ReportedUnit& unit : workload.units) {
    out.all = out.all + unit.counters;
    out.longest_cycles = std::max(out.longest_cycles, unit.counters["cycles"]);
  }
  out.operations =
      workload.operations != 0 ? workload.operations : out.all["busy_cycles"] * out.view->operations_a_cycle;
  out.copied_bytes = out.all.in_bytes + out.all.out_bytes;
  for (std::size_t card = 0; card < report.cards.size(); ++card) {
    add_channels(report, workload, card, out);
  }
  out.kernel_ms = static_cast<double>(out.longest_cycles) / (report.clock_mhz * 1000);
  out.copy_ms = static_cast<double>(out.copied_bytes) / (report.copy_gb_per_s * 1e6);
  out.operations_per_second = html::ratio(static_cast<double>(out.operations), out.kernel_ms / 1000);
  out.peak_operations_per_second =
      static_cast<double>(workload.units.size() * out.view->operations_a_cycle) * report.clock_mhz * 1e6;
  return out;
}

}  // namespace proofcard::tools
