#include "host/prover/row_committer.hpp"

#include <algorithm>
#include <utility>

#include "host/base/check.hpp"

namespace proofcard::prover {
namespace {

// Runs of rows that do not follow each other are copied together, up to this many values, so that they are one batch.
constexpr std::size_t kMaxGathered = std::size_t{1} << 22;

}  // namespace

RowCommitter::RowCommitter(const kernels::Msm& msm, const kernels::MsmBases& bases, const circuit::Layout& layout)
    : msm_(msm),
      bases_(bases),
      layout_(layout),
      early_(msm.early_batch()),
      columns_(layout.columns.size()),
      background_([this] { return sum_early(); }) {
  for (const circuit::Column& column : layout.columns) {
    sums_.emplace_back(column.owner == circuit::Column::Owner::kWeights ? 0 : column.num_rows());
  }
}

Status RowCommitter::add(std::size_t column, std::shared_ptr<const IntVector> values, std::size_t first_row,
                         std::size_t num_rows) {
  bool early = false;
  {
    const Lock lock(mutex_);
    if (error_) {
      return *error_;
    }
    Column& to = columns_[column];
    to.values = std::move(values);
    to.num_added += num_rows;
    to.num_waiting += num_rows;
    PROOFCARD_CHECK(to.num_added <= sums_[column].size());
    const auto after = std::ranges::upper_bound(to.waiting, first_row, {}, &Run::first);
    const auto at = to.waiting.insert(after, {first_row, num_rows});
    if (at + 1 != to.waiting.end() && at->first + at->count == (at + 1)->first) {
      at->count += (at + 1)->count;
      to.waiting.erase(at + 1);
    }
    if (at != to.waiting.begin() && (at - 1)->first + (at - 1)->count == at->first) {
      (at - 1)->count += at->count;
      to.waiting.erase(at);
    }
    early = early_ && (to.num_waiting << layout_.columns[column].log_row_len) >= *early_;
  }
  if (early) {
    background_.wake();
  }
  return {};
}

Result<RowSums> RowCommitter::finish() {
  background_.stop();
  if (error_) {
    return *error_;
  }
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    PROOFCARD_CHECK(columns_[c].num_added == sums_[c].size());
  }
  while (const auto batch = take(1)) {
    PROOFCARD_RETURN_IF_ERROR(sum(*batch));
  }
  return std::move(sums_);
}

// In the background.
bool RowCommitter::sum_early() {
  std::optional<Batch> batch;
  {
    const Lock lock(mutex_);
    if (!error_) {
      batch = take(*early_);
    }
  }
  if (!batch) {
    return false;
  }
  if (const Status status = sum(*batch); !status.ok()) {
    const Lock lock(mutex_);
    error_ = status.error();
  }
  return true;
}

// Of the column with the most scalars that wait, unless it has fewer than these. Pre: locked, or nothing runs in the background.
std::optional<RowCommitter::Batch> RowCommitter::take(std::size_t min_scalars) {
  const auto num_scalars = [&](std::size_t c) { return columns_[c].num_waiting << layout_.columns[c].log_row_len; };
  std::size_t most = 0;
  for (std::size_t c = 1; c < columns_.size(); ++c) {
    most = num_scalars(c) > num_scalars(most) ? c : most;
  }
  if (columns_.empty() || num_scalars(most) < min_scalars) {
    return std::nullopt;
  }
  Column& from = columns_[most];
  const std::size_t max_rows = kMaxGathered >> layout_.columns[most].log_row_len;
  Batch batch{most, from.values, {}, 0};
  std::size_t taken = 0;
  while (taken < from.waiting.size() && (taken == 0 || batch.num_rows + from.waiting[taken].count <= max_rows)) {
    batch.runs.push_back(from.waiting[taken]);
    batch.num_rows += from.waiting[taken++].count;
  }
  from.waiting.erase(from.waiting.begin(), from.waiting.begin() + static_cast<std::ptrdiff_t>(taken));
  from.num_waiting -= batch.num_rows;
  return batch;
}

Status RowCommitter::sum(const Batch& batch) {
  const std::size_t row_len = std::size_t{1} << layout_.columns[batch.column].log_row_len;
  const std::span<curve::G1Affine> sums(sums_[batch.column]);
  if (batch.runs.size() == 1) {
    const Run& run = batch.runs[0];
    return msm_.rows(sums.subspan(run.first, run.count), bases_,
                     int_subspan(batch.values->view(), run.first * row_len, run.count * row_len), row_len);
  }
  IntVector gathered(batch.values->type(), batch.num_rows * row_len);
  gathered.visit_mutable([&](auto to) {
    using T = typename decltype(to)::value_type;
    const std::span<const T> from = batch.values->span<T>();
    auto next = to.begin();
    for (const Run& run : batch.runs) {
      next = std::ranges::copy(from.subspan(run.first * row_len, run.count * row_len), next).out;
    }
  });
  std::vector<curve::G1Affine> out(batch.num_rows);
  PROOFCARD_RETURN_IF_ERROR(msm_.rows(out, bases_, gathered.view(), row_len));
  auto next = out.begin();
  for (const Run& run : batch.runs) {
    std::copy_n(next, run.count, sums.begin() + static_cast<std::ptrdiff_t>(run.first));
    next += static_cast<std::ptrdiff_t>(run.count);
  }
  return {};
}

}  // namespace proofcard::prover
