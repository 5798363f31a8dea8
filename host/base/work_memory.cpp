#include "host/base/work_memory.hpp"

#include <algorithm>
#include <bit>
#include <vector>

#include "host/base/aligned_memory.hpp"
#include "host/base/mutex.hpp"

namespace proofcard {
namespace {

struct Block {
  void* data;
  std::size_t size;
};

class Shelf {
 public:
  ~Shelf() {
    for (const Block& block : blocks_) {
      free_aligned(block.data);
    }
  }

  // The smallest kept block that is large enough, unless it is far too large.
  Block take(std::size_t size) {
    const Lock lock(mutex_);
    auto best = blocks_.end();
    for (auto b = blocks_.begin(); b != blocks_.end(); ++b) {
      if (b->size >= size && b->size <= 4 * size && (best == blocks_.end() || b->size < best->size)) {
        best = b;
      }
    }
    if (best == blocks_.end()) {
      return {nullptr, 0};
    }
    const Block taken = *best;
    blocks_.erase(best);
    kept_bytes_ -= taken.size;
    return taken;
  }

  void put(Block block) {
    std::vector<Block> dropped;
    {
      const Lock lock(mutex_);
      blocks_.push_back(block);
      kept_bytes_ += block.size;
      while (kept_bytes_ > WorkMemory::kMaxKeptBytes) {  // the oldest go first
        kept_bytes_ -= blocks_.front().size;
        dropped.push_back(blocks_.front());
        blocks_.erase(blocks_.begin());
      }
    }
    for (const Block& old : dropped) {
      free_aligned(old.data);
    }
  }

 private:
  Mutex mutex_;
  std::vector<Block> blocks_;
  std::size_t kept_bytes_ = 0;
};

Shelf& shelf() {
  static Shelf shelf;
  return shelf;
}

}  // namespace

WorkMemory::WorkMemory(std::size_t bytes) {
  const std::size_t size = bytes < kHugePage ? std::bit_ceil(std::max<std::size_t>(bytes, 4096))
                                             : (bytes + kHugePage - 1) / kHugePage * kHugePage;
  const Block kept = shelf().take(size);
  data_ = kept.data;
  size_ = kept.size;
  if (data_ == nullptr) {
    data_ = allocate_aligned(size);
    size_ = size;
  }
}

WorkMemory::~WorkMemory() {
  if (data_ != nullptr) {
    shelf().put({data_, size_});
  }
}

}  // namespace proofcard
