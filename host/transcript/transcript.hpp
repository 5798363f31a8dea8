// Fiat-Shamir transcript: every message of a protocol is absorbed, challenges are squeezed from all that came before.
//
// Frames:     kind (1 byte: 0 bytes, 1 field elements, 2 points, 3 challenge), label (u8 length, then bytes), count
//             (u64), payload. So no two different sequences of absorbs give the same stream.
// Challenges: 64 bytes from SHAKE-256 of the stream so far, reduced mod p (bias below 2^-250); the squeeze is itself
// absorbed. Inventory:  an observer sees each absorb and challenge by name; a test holds the list against a golden
// file.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/curve/g1.hpp"
#include "host/field/fr.hpp"
#include "host/hash/keccak.hpp"

namespace proofcard {

class Transcript {
 public:
  // kind ("absorb" or "challenge"), label, number of bytes, elements, points or challenges.
  using Observer = std::function<void(std::string_view kind, std::string_view label, std::size_t count)>;

  explicit Transcript(std::string_view protocol);
  Transcript(const Transcript&) = delete;  // a copy would draw the same challenges for different messages
  Transcript& operator=(const Transcript&) = delete;
  Transcript(Transcript&&) = default;
  Transcript& operator=(Transcript&&) = default;

  // A random oracle to take n challenges from instead of the hash: for simulators, which choose them. Tests only; one
  // that an attacker knows makes every proof worthless.
  using Oracle = std::function<std::vector<Fr>(std::string_view label, std::size_t n)>;

  void set_observer(Observer observer) { observer_ = std::move(observer); }
  void set_oracle(Oracle oracle) { oracle_ = std::move(oracle); }

  void absorb_bytes(std::string_view label, ByteView data);
  void absorb_u64(std::string_view label, std::uint64_t value);
  void absorb(std::string_view label, std::span<const Fr> values);
  void absorb(std::string_view label, std::span<const curve::G1Affine> points);
  // The same for points that are still compressed. They have to be decompressed before they are relied on: that refuses
  // encodings that are not canonical.
  void absorb_compressed(std::string_view label, ByteView points);

  Fr challenge(std::string_view label);
  std::vector<Fr> challenges(std::string_view label, std::size_t n);

 private:
  enum class Kind : std::uint8_t { kBytes = 0, kField = 1, kPoints = 2, kChallenge = 3 };
  void frame(Kind kind, std::string_view label, std::uint64_t count);

  hash::KeccakSponge sponge_ = hash::KeccakSponge::shake256();
  Observer observer_;
  Oracle oracle_;
};

}  // namespace proofcard
