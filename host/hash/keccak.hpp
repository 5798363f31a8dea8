// The Keccak sponge: SHA3-256, SHAKE128, SHAKE256 and the original Keccak-256 of Ethereum, fed and read piece by piece.
//
// Source:  FIPS 202; Keccak-256 is the same with the padding of the SHA-3 submission.
// Order:   bytes are absorbed in call order; absorb("ab") equals absorb("a"), absorb("b"), and squeezing n bytes in one
//          call or in several gives the same stream. Callers that hash structured data add lengths themselves.
// Errors:  absorbing after the first squeeze is a defect of the caller and aborts. Copy a sponge to fork it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "host/base/bytes.hpp"

namespace proofcard::hash {

// Applies Keccak-f[1600]; lane (x, y) is state[x + 5 y].
void keccak_f1600(std::array<std::uint64_t, 25>& state);

class KeccakSponge {
 public:
  static KeccakSponge keccak256() { return {136, 0x01}; }
  static KeccakSponge sha3_256() { return {136, 0x06}; }
  static KeccakSponge shake128() { return {168, 0x1f}; }
  static KeccakSponge shake256() { return {136, 0x1f}; }

  void absorb(ByteView data);
  // The first call pads and ends absorption. The fixed-length functions are the first 32 bytes of the stream.
  void squeeze(std::span<std::uint8_t> out);
  // What the first call of squeeze does before it gives anything, for many at once, which is faster. Pre: none has begun.
  static void begin_squeezing(std::span<KeccakSponge> sponges);

 private:
  // suffix: domain bits followed by the first bit of the padding.
  KeccakSponge(std::size_t rate_bytes, std::uint8_t suffix) : rate_bytes_(rate_bytes), suffix_(suffix) {}

  void pad();
  void xor_byte(std::size_t position, std::uint8_t byte) {
    state_[position / 8] ^= static_cast<std::uint64_t>(byte) << (8 * (position % 8));
  }

  std::array<std::uint64_t, 25> state_{};
  std::size_t rate_bytes_;
  std::size_t position_ = 0;  // next byte of the rate to be absorbed into or squeezed from
  std::uint8_t suffix_;
  bool squeezing_ = false;
};

std::array<std::uint8_t, 32> keccak256(ByteView data);
std::array<std::uint8_t, 32> sha3_256(ByteView data);

}  // namespace proofcard::hash
