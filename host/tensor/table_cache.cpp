#include "host/tensor/table_cache.hpp"

#include <algorithm>
#include <limits>
#include <list>

#include "host/base/mutex.hpp"

namespace proofcard::tensor {
namespace {

using Rows = std::shared_ptr<const TableRows>;

class Cache {
 public:
  Rows find(const TableSpec& spec) {
    const Lock lock(mutex_);
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.spec == spec; });
    if (found == entries_.end()) {
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found);
    return found->rows;
  }

  void keep(const TableSpec& spec, Rows rows) {
    const Lock lock(mutex_);
    num_rows_ += rows->values.size();
    entries_.push_front({spec, std::move(rows)});
    while (num_rows_ > kMaxCachedRows || entries_.size() > kMaxCachedTables) {
      num_rows_ -= entries_.back().rows->values.size();
      entries_.pop_back();
    }
  }

 private:
  struct Entry {
    TableSpec spec;
    Rows rows;
  };

  Mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  std::size_t num_rows_ = 0;
};

}  // namespace

Rows cached_table_within(const TableSpec& spec, std::uint64_t max_work) {
  static Cache cache;
  Rows rows = cache.find(spec);
  if (rows == nullptr) {
    std::optional<TableRows> made = table_rows_within(spec, max_work);
    if (!made) {
      return nullptr;
    }
    rows = std::make_shared<const TableRows>(std::move(*made));
    cache.keep(spec, rows);
  }
  return rows->work <= max_work ? rows : nullptr;
}

Rows cached_table(const TableSpec& spec) {
  return cached_table_within(spec, std::numeric_limits<std::uint64_t>::max());
}

}  // namespace proofcard::tensor
