#include "host/lookup/tree_plan.hpp"

#include <algorithm>

namespace proofcard::lookup {
namespace {

constexpr unsigned kLogBytesOfLeaf = 7;  // p and q of all layers above the leaves: twice 32 bytes, twice

// Trees up to this size keep all layers above the leaves.
constexpr std::size_t kLogSmall = 18;
// Up to this size the next are computed, from then on one more, and for those of the largest more again, so that they take no
// more than this.
constexpr std::size_t kLogMedium = 22;
constexpr std::size_t kLogMaxBytes = 30;

}  // namespace

std::uint64_t tree_bytes(std::size_t log_size, const TreePlan& plan) {
  return std::uint64_t{1} << (std::max<std::size_t>(log_size + kLogBytesOfLeaf, plan.first_kept) - plan.first_kept);
}

TreePlan plan_tree(std::size_t log_size, std::uint64_t memory_bytes) {
  if (memory_bytes == 0) {
    const unsigned by_size = log_size <= kLogSmall ? 1 : log_size <= kLogMedium ? 2 : 3;
    const std::size_t all = log_size + kLogBytesOfLeaf;
    return {std::max(by_size, static_cast<unsigned>(std::max(all, kLogMaxBytes) - kLogMaxBytes))};
  }
  TreePlan plan;
  while (plan.first_kept < kMaxFirstKept && tree_bytes(log_size, plan) > memory_bytes) {
    ++plan.first_kept;
  }
  return plan;
}

}  // namespace proofcard::lookup
