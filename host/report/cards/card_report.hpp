// The page that `proofcard card-report` writes: what cards did for some workloads, as one HTML file without anything
// from elsewhere.
//
// Source:  cycles, stalls and operations are those of completion records; bytes at channels are those that the card's
//          memory model counted, bytes of copies those of the jobs; resources are a table of scripts/synth.py. Times of
//          a card, and rates in rooflines, are projections by formulas that the page shows.
// Range:   all text is escaped; the page has no script.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/device/jobs/job_log.hpp"
#include "host/device/jobs/memory_use.hpp"

namespace proofcard::tools {

struct ReportedCard {
  struct Unit {
    std::string name;
    std::string kernel;
    std::string implementation;  // "HLS", "RTL"
    std::uint64_t abi_hash = 0;
  };
  std::string spec;
  std::string name;  // as XRT says
  std::string xclbin_uuid;
  std::vector<Unit> units;
};

struct ReportedUnit {
  std::size_t card = 0;  // in the report
  std::string unit;
  device::Counters counters;  // of one workload
};

struct ReportedWorkload {
  std::string name;
  std::string kernel;  // one with a view (kernel_view.hpp)
  std::uint64_t items = 0;
  std::string item;  // what items are: "points"
  // What the arithmetic had to do; 0: as many as it did. Lanes of a busy cycle may have nothing to do.
  std::uint64_t operations = 0;
  bool counts_memory = false;  // cycles include the memory's answers: RTL and real cards
  double wall_ms = 0;
  std::vector<ReportedUnit> units;                       // of this kernel
  std::vector<std::optional<device::MemoryUse>> memory;  // by card; nothing: it does not count
};

struct ReportedResources {
  std::string unit;
  std::uint64_t dsp = 0;
  std::uint64_t lut = 0;
  std::uint64_t ff = 0;
  double bram = 0;
  std::uint64_t uram = 0;
};

struct CardReport {
  std::string device;
  std::vector<ReportedCard> cards;
  bool emulated = false;  // what is measured here says nothing of a card
  double clock_mhz = 0;   // for the projection
  double copy_gb_per_s = 0;
  std::vector<ReportedWorkload> workloads;
  std::vector<ReportedResources> resources;
};

std::string card_report_html(const CardReport& report);

// The rows of a table that scripts/synth.py printed. Errors: kBadInput, naming the file, when there is none.
Result<std::vector<ReportedResources>> parse_resources(const std::string& text, const std::string& name);

}  // namespace proofcard::tools
