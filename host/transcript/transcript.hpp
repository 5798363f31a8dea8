// Fiat-Shamir transcript: every message of a protocol is absorbed, challenges are squeezed from all that came before.
//
// Frames:     kind (1 byte: 0 bytes, 1 field elements, 2 points, 3 challenge), label (u8 length, then bytes), count
//             (u64), payload. So no two different sequences of absorbs give the same stream.
// Challenges: 64 bytes from SHAKE-256 of the stream so far, reduced mod p (bias below 2^-250); the squeeze is itself
// absorbed.
// kPoseidon2: elements go into a sponge of Poseidon2 (hash/poseidon2_sponge.hpp) without labels and counts, and bytes as
//             elements; its capacity begins with the protocol's name. So one stream may come from two sequences of
//             absorbs, unless what comes first says the kinds and counts of all that follows, as the digest of a key
//             does. Challenges are squeezed; they are as good as uniform while the permutation is.
// Inventory:  an observer sees each absorb and challenge by name; a test holds the list against a golden
// file.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/curve/g1.hpp"
#include "host/field/fr.hpp"
#include "host/hash/digest.hpp"
#include "host/hash/function.hpp"
#include "host/hash/keccak.hpp"
#include "host/hash/poseidon2_sponge.hpp"

namespace proofcard {

inline constexpr std::size_t kBytesAnElement = 31;  // any such number of bytes is an element

class Transcript {
 public:
  // kind ("absorb" or "challenge"), label, number of bytes, elements, points or challenges.
  using Observer = std::function<void(std::string_view kind, std::string_view label, std::size_t count)>;

  // kPoseidon2: the name has at most kBytesAnElement bytes.
  explicit Transcript(std::string_view protocol, hash::Function function = hash::Function::kSha256);
  Transcript(const Transcript&) = delete;  // a copy would draw the same challenges for different messages
  Transcript& operator=(const Transcript&) = delete;
  Transcript(Transcript&&) = default;
  Transcript& operator=(Transcript&&) = default;

  // A random oracle to take n challenges from instead of the hash: for simulators, which choose them. Tests only; one
  // that an attacker knows makes every proof worthless.
  using Oracle = std::function<std::vector<Fr>(std::string_view label, std::size_t n)>;

  void set_observer(Observer observer) { observer_ = std::move(observer); }
  void set_oracle(Oracle oracle) { oracle_ = std::move(oracle); }

  hash::Function function() const { return poseidon2_ ? hash::Function::kPoseidon2 : hash::Function::kSha256; }

  // kPoseidon2: their number, then kBytesAnElement of them an element, the first the lowest.
  void absorb_bytes(std::string_view label, ByteView data);
  // kPoseidon2: one element.
  void absorb_u64(std::string_view label, std::uint64_t value);
  // Of a tree. kPoseidon2: the element that it is, mod p.
  void absorb_digest(std::string_view label, const hash::Digest& digest);
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
  std::optional<hash::Poseidon2Sponge> poseidon2_;  // in place of the other
  Observer observer_;
  Oracle oracle_;
};

}  // namespace proofcard
