#include "host/tensor/table_cache.hpp"

#include <algorithm>
#include <list>
#include <mutex>

namespace proofcard::tensor {
namespace {

using Rows = std::shared_ptr<const std::vector<std::int64_t>>;

class Cache {
 public:
  Rows find(const TableSpec& spec) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.spec == spec; });
    if (found == entries_.end()) {
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found);
    return found->rows;
  }

  void keep(const TableSpec& spec, Rows rows) {
    const std::lock_guard lock(mutex_);
    num_rows_ += rows->size();
    entries_.push_front({spec, std::move(rows)});
    while (num_rows_ > kMaxCachedRows) {
      num_rows_ -= entries_.back().rows->size();
      entries_.pop_back();
    }
  }

 private:
  struct Entry {
    TableSpec spec;
    Rows rows;
  };

  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  std::size_t num_rows_ = 0;
};

}  // namespace

Rows cached_table_rows(const TableSpec& spec) {
  static Cache cache;
  Rows rows = cache.find(spec);
  if (rows == nullptr) {
    rows = std::make_shared<const std::vector<std::int64_t>>(table_rows(spec));
    cache.keep(spec, rows);
  }
  return rows;
}

}  // namespace proofcard::tensor
