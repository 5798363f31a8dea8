// Scratch memory that is kept for the next call, because fresh pages cost as much as a pass over them.
//
// Range:   what is kept never exceeds kMaxKeptBytes in all; larger needs are met and given back to the system.
// Threads: any thread may borrow; a block belongs to its borrower until it is destroyed.
#pragma once

#include <cstddef>
#include <utility>

namespace proofcard {

class WorkMemory {
 public:
  static constexpr std::size_t kMaxKeptBytes = std::size_t{160} << 20;

  WorkMemory() = default;  // nothing
  // At least `bytes` of any content, aligned to 64 bytes. Large blocks ask for huge pages.
  explicit WorkMemory(std::size_t bytes);
  ~WorkMemory();
  WorkMemory(const WorkMemory&) = delete;
  WorkMemory& operator=(const WorkMemory&) = delete;
  WorkMemory(WorkMemory&& other) noexcept { swap(other); }
  WorkMemory& operator=(WorkMemory&& other) noexcept {
    swap(other);
    return *this;
  }

  void* data() const { return data_; }

 private:
  void swap(WorkMemory& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace proofcard
