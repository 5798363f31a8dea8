#include "host/zk/random_instance.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/transcript/hiding_key.hpp"

namespace proofcard::zk {

void RandomInstance::add_rows(std::span<const std::uint32_t> counts) {
  const std::size_t first = counts_.size();
  counts_.insert(counts_.end(), counts.begin(), counts.end());
  rows_.resize(counts_.size() * kHiddenRowLen);
  for (std::size_t row = first; row < counts_.size(); ++row) {
    for (std::size_t j = 0; j < counts_[row]; ++j) {
      rows_[row * kHiddenRowLen + j] = source_->get("random-row", row * kHiddenRowLen + j);
    }
    blindings_.push_back(source_->get("random-row-blinding", row));
  }
  const std::vector<curve::G1Affine> added = commit_hidden_rows(std::span(rows_).subspan(first * kHiddenRowLen), counts,
                                                                std::span<const Fr>(blindings_).subspan(first));
  commitments_.insert(commitments_.end(), added.begin(), added.end());
}

void RandomInstance::complete_rows(std::span<const std::uint32_t> counts) {
  PROOFCARD_CHECK(counts_.size() <= counts.size() && std::ranges::equal(counts_, counts.first(counts_.size())));
  add_rows(counts.subspan(counts_.size()));
}

void RandomInstance::draw_vector(std::size_t size) {
  if (vector_.empty()) {
    for (std::size_t i = 0; i < size; ++i) {
      vector_.push_back(source_->get("random-vector", i));
    }
  }
  PROOFCARD_CHECK(vector_.size() == size);
}

}  // namespace proofcard::zk
