// What follows from the counters of a reported workload: rates, shares, the use of channels, projected times.
#pragma once

#include <string>
#include <vector>

#include "host/report/cards/card_report.hpp"
#include "host/report/cards/kernel_view.hpp"

namespace proofcard::tools {

struct ChannelFigures {
  std::string card;
  device::ChannelUse use;
  double bytes_a_cycle = 0;  // of the kernel clock, over the cycles of the card's unit with most
  double utilisation = 0;    // of the channel's peak in that time
};

struct WorkloadFigures {
  const KernelView* view = nullptr;
  device::Counters all;              // of all units
  std::uint64_t longest_cycles = 0;  // of the unit with most: units work side by side
  std::uint64_t operations = 0;
  std::uint64_t copied_bytes = 0;
  std::vector<ChannelFigures> channels;  // those with traffic; none when the cards do not count it
  bool has_memory = false;
  // Of what kernels read and wrote.
  std::size_t num_channels = 0;
  std::uint64_t channel_bytes = 0;
  double peak_bytes_per_second = 0;  // of those channels together
  double kernel_ms = 0;              // projected
  double copy_ms = 0;
  double operations_per_second = 0;  // projected
  double peak_operations_per_second = 0;

  double share(std::string_view counter) const;  // of the units' cycles
  double intensity() const;                      // operations a byte at the channels
  const ChannelFigures* busiest() const;         // nullptr: none
};

// Pre: the workload's kernel has a view.
WorkloadFigures figures_of(const CardReport& report, const ReportedWorkload& workload);

}  // namespace proofcard::tools
