// Reading and writing little-endian binary data with explicit lengths.
//
// ByteReader never reads past the end and never allocates by an unchecked length: every count is compared with the
// bytes that are left before anything is reserved. Errors name the field that was being read and its offset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"

namespace proofcard {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

class ByteWriter {
 public:
  void u8(std::uint8_t v) { bytes_.push_back(v); }
  void u16(std::uint16_t v) { integer(v); }
  void u32(std::uint32_t v) { integer(v); }
  void u64(std::uint64_t v) { integer(v); }
  void i64(std::int64_t v) { integer(static_cast<std::uint64_t>(v)); }
  void raw(ByteView data) { bytes_.insert(bytes_.end(), data.begin(), data.end()); }
  // u64 length, then the bytes.
  void blob(ByteView data) {
    u64(data.size());
    raw(data);
  }
  void string(std::string_view s) { blob({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}); }

  const Bytes& bytes() const { return bytes_; }
  Bytes take() { return std::move(bytes_); }

 private:
  template <class T>
  void integer(T v) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes_.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
    }
  }

  Bytes bytes_;
};

class ByteReader {
 public:
  // `what` names the data in errors, for instance the file's path.
  explicit ByteReader(ByteView data, std::string what = "data") : data_(data), what_(std::move(what)) {}

  Result<std::uint8_t> u8(std::string_view field) { return integer<std::uint8_t>(field); }
  Result<std::uint16_t> u16(std::string_view field) { return integer<std::uint16_t>(field); }
  Result<std::uint32_t> u32(std::string_view field) { return integer<std::uint32_t>(field); }
  Result<std::uint64_t> u64(std::string_view field) { return integer<std::uint64_t>(field); }
  Result<std::int64_t> i64(std::string_view field) {
    PROOFCARD_TRY(std::uint64_t v, integer<std::uint64_t>(field));
    return static_cast<std::int64_t>(v);
  }

  // A view into the data; valid as long as the data is.
  Result<ByteView> raw(std::size_t size, std::string_view field) {
    if (size > remaining()) {
      return truncated(field, size);
    }
    ByteView out = data_.subspan(offset_, size);
    offset_ += size;
    return out;
  }
  Result<ByteView> blob(std::string_view field) {
    PROOFCARD_TRY(std::uint64_t size, u64(field));
    if (size > remaining()) {
      return truncated(field, size);
    }
    return raw(static_cast<std::size_t>(size), field);
  }
  Result<std::string> string(std::string_view field, std::size_t max_size = 4096) {
    PROOFCARD_TRY(ByteView view, blob(field));
    if (view.size() > max_size) {
      return bad_input(what_, "{} at byte {}: expected at most {} bytes, found {}", field, offset_, max_size,
                       view.size());
    }
    return std::string(view.begin(), view.end());
  }
  // A u32 count of items that take at least `min_item_bytes` each.
  Result<std::uint32_t> count(std::string_view field, std::size_t min_item_bytes) {
    PROOFCARD_TRY(std::uint32_t n, u32(field));
    if (n > remaining() / std::max<std::size_t>(min_item_bytes, 1)) {
      return bad_input(what_, "{} at byte {}: count {} does not fit in the {} bytes left", field, offset_, n,
                       remaining());
    }
    return n;
  }

  Status expect_end() const {
    if (remaining() != 0) {
      return bad_input(what_, "expected the end at byte {}, found {} more bytes", offset_, remaining());
    }
    return {};
  }

  std::size_t remaining() const { return data_.size() - offset_; }
  std::size_t offset() const { return offset_; }
  const std::string& what() const { return what_; }

 private:
  template <class T>
  Result<T> integer(std::string_view field) {
    if (sizeof(T) > remaining()) {
      return truncated(field, sizeof(T));
    }
    T v = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      v = static_cast<T>(v | static_cast<T>(static_cast<T>(data_[offset_ + i]) << (8 * i)));
    }
    offset_ += sizeof(T);
    return v;
  }
  Error truncated(std::string_view field, std::uint64_t size) const {
    return bad_input(what_, "{} at byte {}: expected {} bytes, found {}", field, offset_, size, remaining());
  }

  ByteView data_;
  std::size_t offset_ = 0;
  std::string what_;
};

}  // namespace proofcard
