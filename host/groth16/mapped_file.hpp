// A file mapped into memory, read only: large keys are never copied as a whole.
//
// Errors: kIo, naming the path and the system's reason. A file that another process shortens while it is mapped ends
//         this process, as for every mapped file.
#pragma once

#include <string>
#include <utility>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard::groth16 {

class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  ByteView bytes() const { return {static_cast<const std::uint8_t*>(data_), size_}; }

 private:
  MappedFile(void* data, std::size_t size) : data_(data), size_(size) {}

  void* data_;
  std::size_t size_;
};

}  // namespace proofcard::groth16
