// How pages and tables speak of a kernel's counters: what its arithmetic is, what a busy cycle does, what holds it up.
//
// Source:  docs/abi*.md for the meaning of the counters.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "host/device/jobs/job_log.hpp"

namespace proofcard::tools {

// A counter of cycles in which the arithmetic waited or did work of another kind.
struct CycleCause {
  std::string_view counter;
  std::string_view label;
};

struct KernelView {
  std::string_view kernel;
  std::string_view arithmetic;           // "adder"
  std::string_view operation;            // "additions": what a roofline counts
  std::uint32_t operations_a_cycle = 1;  // of a unit, at most
  std::uint32_t word_bytes = 0;          // of loaded_words and stored_words; 0: the kernel does not count words
  std::span<const CycleCause> causes;
};

// nullptr: a kernel without a view of its own.
const KernelView* find_kernel_view(std::string_view kernel);

// "HLS", "RTL": the first byte of a completion record's build.
std::string implementation_name(std::uint32_t build);

}  // namespace proofcard::tools
