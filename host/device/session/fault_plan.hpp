// Faults of an emulated card, by a plan: what drivers and proofs do when a card fails is then seen at will.
//
// Use:     PROOFCARD_CARD_FAULTS in the environment names a file; it is read by every emulated card that is opened. A line a
//          fault, UNIT JOB FAULT: a compute unit's name or *, its how many-th start from 1 on, and one of
//            hang         the job does not start, and never ends
//            lost_done    it ends, and nobody is told
//            bus_error    nothing is computed; its record says that a read failed
//            wrong_data   a bit of its first output is another
//            ecc          from its start on, a bit of its first input in the card's memory is another
//          What follows # is a comment.
// Errors:  kBadInput, with file and line.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"

namespace proofcard::device {

enum class CardFault : std::uint8_t { kHang, kLostDone, kBusError, kWrongData, kEcc };
inline constexpr std::array<std::string_view, 5> kCardFaultNames{"hang", "lost_done", "bus_error", "wrong_data", "ecc"};

struct PlannedFault {
  std::string unit;  // "*": each
  std::uint64_t job = 0;
  CardFault fault = CardFault::kHang;
};
using FaultPlan = std::vector<PlannedFault>;

inline Result<FaultPlan> read_fault_plan(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    return bad_input(path, "a plan of a card's faults: cannot be read");
  }
  FaultPlan plan;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    std::vector<std::string> words;
    std::string_view rest = std::string_view(line).substr(0, line.find('#'));
    constexpr std::string_view kBlanks = " \t\r";
    for (std::size_t at = 0; (at = rest.find_first_not_of(kBlanks)) != std::string_view::npos;) {
      rest.remove_prefix(at);
      const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
      words.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end);
    }
    if (words.empty()) {
      continue;
    }
    PlannedFault fault;
    bool known = words.size() == 3;
    if (known) {
      fault.unit = words[0];
      const char* end = words[1].data() + words[1].size();
      const auto [rest_of_it, error] = std::from_chars(words[1].data(), end, fault.job);
      known = error == std::errc() && rest_of_it == end && fault.job != 0;
      std::size_t kind = 0;
      while (kind < kCardFaultNames.size() && kCardFaultNames[kind] != words[2]) {
        ++kind;
      }
      known = known && kind < kCardFaultNames.size();
      fault.fault = static_cast<CardFault>(kind);
    }
    if (!known) {
      return bad_input(
          path + ":" + std::to_string(number),
          "expected UNIT JOB FAULT, JOB from 1 on, FAULT one of hang, lost_done, bus_error, wrong_data and "
          "ecc, found \"{}\"",
          line);
    }
    plan.push_back(std::move(fault));
  }
  return plan;
}

// Of the environment; empty where it names none.
inline Result<FaultPlan> planned_faults() {
  const char* path = std::getenv("PROOFCARD_CARD_FAULTS");
  return path == nullptr ? Result<FaultPlan>(FaultPlan()) : read_fault_plan(path);
}

}  // namespace proofcard::device
