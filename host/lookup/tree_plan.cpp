#include "host/lookup/tree_plan.hpp"

#include <algorithm>

namespace proofcard::lookup {
namespace {

constexpr unsigned kLogBytesOfLeaf = 7;  // p and q of all layers above the leaves: twice 32 bytes, twice

// Trees up to this size keep all layers.
constexpr std::size_t kLogSmall = 18;
constexpr std::size_t kLogLarge = 22;

}  // namespace

std::uint64_t tree_bytes(std::size_t log_size, const TreePlan& plan) {
  return std::uint64_t{1} << (std::max<std::size_t>(log_size + kLogBytesOfLeaf, plan.first_kept) - plan.first_kept);
}

TreePlan plan_tree(std::size_t log_size, std::uint64_t memory_bytes) {
  if (memory_bytes == 0) {
    return {log_size <= kLogSmall ? 1U : log_size <= kLogLarge ? 2U : 3U};
  }
  TreePlan plan;
  while (plan.first_kept < kMaxFirstKept && tree_bytes(log_size, plan) > memory_bytes) {
    ++plan.first_kept;
  }
  return plan;
}

}  // namespace proofcard::lookup
