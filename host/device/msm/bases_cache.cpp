#include "host/device/msm/bases_cache.hpp"

#include "host/base/check.hpp"

namespace proofcard::device {

BasesCache::Lease::~Lease() {
  if (cache_ != nullptr) {
    const std::lock_guard lock(cache_->mutex_);
    --*users_;
    cache_->changed_.notify_all();
  }
}

// Under the lock. False: what is there is in use.
bool BasesCache::make_room(std::int32_t memory, std::size_t bytes) {
  while (used_bytes_[memory] + bytes > memory_bytes_) {
    auto oldest = entries_.end();
    for (auto it = entries_.begin(); it != entries_.end(); ++it) {
      const Entry& e = it->second;
      if (std::get<0>(it->first) == memory && e.buffer != nullptr && e.users == 0 &&
          (oldest == entries_.end() || e.last_use < oldest->second.last_use)) {
        oldest = it;
      }
    }
    if (oldest == entries_.end()) {
      return false;
    }
    used_bytes_[memory] -= oldest->second.bytes;
    entries_.erase(oldest);
  }
  return true;
}

Result<std::unique_ptr<Buffer>> BasesCache::copy(const BasesSegment& segment, std::uint32_t unit,
                                                 std::uint32_t lane) const {
  PROOFCARD_TRY(auto buffer, session_->allocate(unit, argument_, segment.memory, segment.offset, segment.bytes));
  PROOFCARD_RETURN_IF_ERROR(session_->upload(*buffer, lane));
  return buffer;
}

Result<BasesCache::Lease> BasesCache::acquire(const BasesSegment& segment, std::uint32_t unit, std::uint32_t lane) {
  PROOFCARD_CHECK(segment.bytes <= memory_bytes_);
  const std::int32_t memory = session_->units()[unit].arguments[argument_].group;
  const Key key{memory, segment.owner, segment.offset};
  std::unique_lock lock(mutex_);
  while (true) {
    if (const auto found = entries_.find(key); found != entries_.end()) {
      if (found->second.buffer != nullptr) {
        Entry& entry = found->second;
        entry.last_use = ++uses_;
        ++entry.users;
        return Lease(*this, *entry.buffer, entry.users);
      }
    } else if (make_room(memory, segment.bytes)) {
      break;
    }
    changed_.wait(lock);  // whoever copies or uses it tells, also on an error
  }
  Entry& entry = entries_[key];
  entry.bytes = segment.bytes;
  entry.users = 1;
  entry.last_use = ++uses_;
  used_bytes_[memory] += segment.bytes;
  lock.unlock();
  auto copied = copy(segment, unit, lane);
  lock.lock();
  if (!copied.ok()) {
    used_bytes_[memory] -= segment.bytes;
    entries_.erase(key);
    changed_.notify_all();
    return copied.error();
  }
  entry.buffer = std::move(*copied);
  uploaded_bytes_ += segment.bytes;
  changed_.notify_all();
  return Lease(*this, *entry.buffer, entry.users);
}

void BasesCache::drop(std::uint64_t owner) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& item) {
    if (std::get<1>(item.first) != owner) {
      return false;
    }
    used_bytes_[std::get<0>(item.first)] -= item.second.bytes;
    return true;
  });
  changed_.notify_all();
}

std::uint64_t BasesCache::uploaded_bytes() const {
  const std::lock_guard lock(mutex_);
  return uploaded_bytes_;
}

}  // namespace proofcard::device
