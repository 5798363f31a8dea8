#include "host/zk/random_instance.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "host/base/check.hpp"
#include "host/transcript/hiding_key.hpp"

namespace proofcard::zk {

void RandomInstance::add_rows(std::span<const std::uint32_t> counts) {
  const std::size_t first = counts_.size();
  counts_.insert(counts_.end(), counts.begin(), counts.end());
  rows_.resize(counts_.size() * kHiddenRowLen);
  std::vector<std::uint64_t> places, numbers;
  for (std::size_t row = first; row < counts_.size(); ++row) {
    numbers.push_back(row);
    for (std::size_t j = 0; j < counts_[row]; ++j) {
      places.push_back(row * kHiddenRowLen + j);
    }
  }
  const std::vector<Fr> values = source_->get_all("random-row", places);
  for (std::size_t i = 0; i < values.size(); ++i) {
    rows_[places[i]] = values[i];
  }
  std::ranges::copy(source_->get_all("random-row-blinding", numbers), std::back_inserter(blindings_));
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
    std::vector<std::uint64_t> places(size);
    std::iota(places.begin(), places.end(), std::uint64_t{0});
    vector_ = source_->get_all("random-vector", places);
  }
  PROOFCARD_CHECK(vector_.size() == size);
}

}  // namespace proofcard::zk
