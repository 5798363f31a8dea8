// Memory that this process and the one that uses XRT both see.
//
// Errors:  kIo when the system has none left.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "host/base/result.hpp"

namespace proofcard::device {

class SharedMemory {
 public:
  // bytes: rounded up to whole pages; pages that nobody writes cost nothing.
  static Result<std::shared_ptr<SharedMemory>> create(std::size_t bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  std::span<std::uint8_t> bytes() const { return {data_, size_}; }
  int descriptor() const { return descriptor_; }

 private:
  SharedMemory(int descriptor, std::uint8_t* data, std::size_t size)
      : descriptor_(descriptor), data_(data), size_(size) {}

  int descriptor_;
  std::uint8_t* data_;
  std::size_t size_;
};

}  // namespace proofcard::device
