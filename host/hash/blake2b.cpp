#include "host/hash/blake2b.hpp"

#include <algorithm>
#include <bit>

namespace proofcard::hash {
namespace {

constexpr std::array<std::uint64_t, 8> kInitial{0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                                0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                                0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
// Digest of 64 bytes, no key, fan-out and depth 1.
constexpr std::uint64_t kParameters = 0x01010040;
// Which message word a round takes where; rounds 10 and 11 are 0 and 1 again.
constexpr std::array<std::array<std::uint8_t, 16>, 10> kSigma{{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                                               {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                                               {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                                               {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                                               {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                                               {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                                               {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                                               {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                                               {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                                               {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}}};
constexpr std::size_t kRounds = 12;

using Words = std::array<std::uint64_t, 16>;

inline void mix(Words& v, std::size_t a, std::size_t b, std::size_t c, std::size_t d, std::uint64_t x,
                std::uint64_t y) {
  v[a] += v[b] + x;
  v[d] = std::rotr(v[d] ^ v[a], 32);
  v[c] += v[d];
  v[b] = std::rotr(v[b] ^ v[c], 24);
  v[a] += v[b] + y;
  v[d] = std::rotr(v[d] ^ v[a], 16);
  v[c] += v[d];
  v[b] = std::rotr(v[b] ^ v[c], 63);
}

}  // namespace

Blake2b::Blake2b() : state_(kInitial) { state_[0] ^= kParameters; }

void Blake2b::compress(const std::uint8_t* block, bool last) {
  Words m{}, v{};
  for (std::size_t i = 0; i < kBlockBytes; ++i) {
    m[i / 8] |= static_cast<std::uint64_t>(block[i]) << (8 * (i % 8));
  }
  std::copy(state_.begin(), state_.end(), v.begin());
  std::copy(kInitial.begin(), kInitial.end(), v.begin() + 8);
  v[12] ^= num_bytes_;
  if (last) {
    v[14] = ~v[14];
  }
  for (std::size_t round = 0; round < kRounds; ++round) {
    const auto& s = kSigma[round % kSigma.size()];
    for (std::size_t i = 0; i < 4; ++i) {
      mix(v, i, 4 + i, 8 + i, 12 + i, m[s[2 * i]], m[s[2 * i + 1]]);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      mix(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[s[8 + 2 * i]], m[s[9 + 2 * i]]);
    }
  }
  for (std::size_t i = 0; i < state_.size(); ++i) {
    state_[i] ^= v[i] ^ v[i + 8];
  }
}

void Blake2b::absorb(ByteView data) {
  while (!data.empty()) {
    if (filled_ == kBlockBytes) {
      compress(block_.data(), false);
      filled_ = 0;
    }
    const std::size_t taken = std::min(data.size(), kBlockBytes - filled_);
    std::copy_n(data.begin(), taken, block_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += taken;
    num_bytes_ += taken;
    data = data.subspan(taken);
  }
}

Digest512 Blake2b::digest() const {
  Blake2b ended = *this;
  std::fill(ended.block_.begin() + static_cast<std::ptrdiff_t>(filled_), ended.block_.end(), std::uint8_t{0});
  ended.compress(ended.block_.data(), true);
  Digest512 out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(ended.state_[i / 8] >> (8 * (i % 8)));
  }
  return out;
}

}  // namespace proofcard::hash
