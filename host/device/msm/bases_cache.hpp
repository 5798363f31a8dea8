// Segments of bases on one card: what fits stays, what was not used for longest makes room.
//
// Shape:   a segment is a run of bases that one buffer holds. Compute units whose port reaches the same memory share
//          it; others have a copy each.
// Threads: any. Errors: kDeviceFault.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <utility>

#include "host/device/session/session.hpp"

namespace proofcard::device {

struct BasesSegment {
  std::uint64_t owner = 0;  // the bases that it is a part of
  std::shared_ptr<SharedMemory> memory;
  std::size_t offset = 0;  // bytes, of whole pages
  std::size_t bytes = 0;
};

class BasesCache {
 public:
  // argument: the kernel's; memory_bytes: for the segments in one memory of the card.
  BasesCache(std::shared_ptr<Session> session, std::uint32_t argument, std::size_t memory_bytes)
      : session_(std::move(session)), argument_(argument), memory_bytes_(memory_bytes) {}

  // A segment that stays on the card as long as this lives.
  class Lease {
   public:
    Lease(BasesCache& cache, const Buffer& buffer, unsigned& users)
        : cache_(&cache), buffer_(&buffer), users_(&users) {}
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&& other) noexcept
        : cache_(std::exchange(other.cache_, nullptr)), buffer_(other.buffer_), users_(other.users_) {}
    const Buffer& buffer() const { return *buffer_; }

   private:
    BasesCache* cache_;
    const Buffer* buffer_;
    unsigned* users_;
  };

  // Copies the segment to the memory of this unit unless it is there; waits for room that running jobs hold.
  Result<Lease> acquire(const BasesSegment& segment, std::uint32_t unit, std::uint32_t lane);
  // Forgets all segments of this owner. Pre: none is leased.
  void drop(std::uint64_t owner);

  std::size_t memory_bytes() const { return memory_bytes_; }
  std::uint64_t uploaded_bytes() const;

 private:
  using Key = std::tuple<std::int32_t, std::uint64_t, std::size_t>;  // memory, owner, offset
  struct Entry {
    std::unique_ptr<Buffer> buffer;  // none: on its way
    std::size_t bytes = 0;
    unsigned users = 0;
    std::uint64_t last_use = 0;
  };
  bool make_room(std::int32_t memory, std::size_t bytes);
  Result<std::unique_ptr<Buffer>> copy(const BasesSegment& segment, std::uint32_t unit, std::uint32_t lane) const;

  std::shared_ptr<Session> session_;
  std::uint32_t argument_;
  std::size_t memory_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Key, Entry> entries_;
  std::map<std::int32_t, std::size_t> used_bytes_;
  std::uint64_t uses_ = 0;
  std::uint64_t uploaded_bytes_ = 0;
};

}  // namespace proofcard::device
