// The page that `proofcard card-report` writes: what cards did for some workloads, as one HTML file without anything
// from elsewhere.
//
// Source:  cycles, stalls and digits are those of completion records; bytes are those of the jobs' arguments; resources
//          are a table of scripts/synth.py. Times of a card are projections by formulas that the page shows.
// Range:   all text is escaped; the page has no script.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/device/job_log.hpp"

namespace proofcard::tools {

struct ReportedUnit {
  std::string card;
  std::string unit;
  device::Counters counters;  // of one workload
};

struct ReportedWorkload {
  std::string name;
  double wall_ms = 0;
  std::vector<ReportedUnit> units;
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
  std::vector<std::string> cards;  // a line each
  bool counts_memory = false;      // cycles include the memory's answers: RTL and real cards
  double clock_mhz = 0;            // for the projection
  double copy_gb_per_s = 0;
  std::vector<ReportedWorkload> workloads;
  std::vector<ReportedResources> resources;
};

std::string card_report_html(const CardReport& report);

// The rows of a table that scripts/synth.py printed. Errors: kBadInput, naming the file, when there is none.
Result<std::vector<ReportedResources>> parse_resources(const std::string& text, const std::string& name);

}  // namespace proofcard::tools
