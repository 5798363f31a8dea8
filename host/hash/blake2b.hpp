// BLAKE2b with digests of 64 bytes and no key: the hash of snarkjs' ceremonies.
//
// Source:  RFC 7693. Tested against Python's hashlib.
// Order:   absorb("ab") equals absorb("a"), absorb("b"). Copy a hasher to fork it: digest() does not end it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "host/base/bytes.hpp"

namespace proofcard::hash {

using Digest512 = std::array<std::uint8_t, 64>;

class Blake2b {
 public:
  Blake2b();

  void absorb(ByteView data);
  // Of everything absorbed so far.
  Digest512 digest() const;

 private:
  static constexpr std::size_t kBlockBytes = 128;

  // Pre: num_bytes_ counts the block.
  void compress(const std::uint8_t* block, bool last);

  std::array<std::uint64_t, 8> state_;
  std::array<std::uint8_t, kBlockBytes> block_{};
  std::size_t filled_ = 0;  // of the block; the last block is compressed only by digest()
  std::uint64_t num_bytes_ = 0;
};

}  // namespace proofcard::hash
