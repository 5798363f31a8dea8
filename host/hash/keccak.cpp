#include "host/hash/keccak.hpp"

#include <algorithm>
#include <bit>

#include "host/base/check.hpp"
#include "host/base/cpu_features.hpp"
#include "host/hash/keccak_kernels.hpp"

namespace proofcard::hash {
namespace {

using namespace keccak_internal;

constexpr std::size_t kLaneBytes = 8;
// Fewer states than this are permuted one by one.
constexpr std::size_t kMinStates = 3;

std::uint64_t lane_of(std::span<const std::uint8_t, kLaneBytes> bytes) {
  std::uint64_t lane = 0;
  for (std::size_t i = 0; i < kLaneBytes; ++i) {
    lane |= std::uint64_t{bytes[i]} << (8 * i);
  }
  return lane;
}

}  // namespace

void keccak_f1600(std::array<std::uint64_t, 25>& state) {
  std::array<std::uint64_t, 25> a = state;
  for (const std::uint64_t round_constant : kRoundConstants) {
    std::array<std::uint64_t, 5> column{};
#pragma GCC unroll 5
    for (std::size_t x = 0; x < 5; ++x) {
      column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    }
#pragma GCC unroll 5
    for (std::size_t x = 0; x < 5; ++x) {
      const std::uint64_t d = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
#pragma GCC unroll 5
      for (std::size_t y = 0; y < 25; y += 5) {
        a[x + y] ^= d;
      }
    }
    std::uint64_t moving = a[1];
#pragma GCC unroll 24
    for (std::size_t t = 0; t < 24; ++t) {
      const std::uint64_t next = a[kRhoPi.lane[t]];
      a[kRhoPi.lane[t]] = std::rotl(moving, kRhoPi.rotation[t]);
      moving = next;
    }
#pragma GCC unroll 5
    for (std::size_t y = 0; y < 25; y += 5) {
      const std::array<std::uint64_t, 5> row{a[y], a[y + 1], a[y + 2], a[y + 3], a[y + 4]};
#pragma GCC unroll 5
      for (std::size_t x = 0; x < 5; ++x) {
        a[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
      }
    }
    a[0] ^= round_constant;
  }
  state = a;
}

void KeccakSponge::absorb(ByteView data) {
  PROOFCARD_CHECK(!squeezing_);
  while (!data.empty()) {
    std::size_t taken = 1;
    if (position_ % kLaneBytes == 0 && data.size() >= kLaneBytes) {  // a rate is a whole number of lanes
      taken = kLaneBytes;
      state_[position_ / kLaneBytes] ^= lane_of(data.first<kLaneBytes>());
    } else {
      xor_byte(position_, data[0]);
    }
    data = data.subspan(taken);
    position_ += taken;
    if (position_ == rate_bytes_) {
      keccak_f1600(state_);
      position_ = 0;
    }
  }
}

void KeccakSponge::squeeze(std::span<std::uint8_t> out) {
  if (!squeezing_) {
    pad();
    keccak_f1600(state_);
  }
  while (!out.empty()) {
    if (position_ == rate_bytes_) {
      keccak_f1600(state_);
      position_ = 0;
    }
    const std::uint64_t rest = state_[position_ / kLaneBytes] >> (8 * (position_ % kLaneBytes));
    const std::size_t given = std::min(out.size(), kLaneBytes - position_ % kLaneBytes);
    for (std::size_t i = 0; i < given; ++i) {
      out[i] = static_cast<std::uint8_t>(rest >> (8 * i));
    }
    out = out.subspan(given);
    position_ += given;
  }
}

void KeccakSponge::pad() {
  PROOFCARD_CHECK(!squeezing_);
  xor_byte(position_, suffix_);
  xor_byte(rate_bytes_ - 1, 0x80);
  position_ = 0;
  squeezing_ = true;
}

void KeccakSponge::begin_squeezing(std::span<KeccakSponge> sponges) {
  for (KeccakSponge& sponge : sponges) {
    sponge.pad();
  }
#if defined(__x86_64__)
  if (active_isa() == Isa::kAvx512) {
    for (; sponges.size() >= kMinStates; sponges = sponges.subspan(std::min(kStates, sponges.size()))) {
      const auto some = sponges.first(std::min(kStates, sponges.size()));
      std::array<std::uint64_t, kLanes * kStates> lanes{};
      for (std::size_t s = 0; s < some.size(); ++s) {
        for (std::size_t i = 0; i < kLanes; ++i) {
          lanes[kStates * i + s] = some[s].state_[i];
        }
      }
      permute_eight_avx512(lanes.data());
      for (std::size_t s = 0; s < some.size(); ++s) {
        for (std::size_t i = 0; i < kLanes; ++i) {
          some[s].state_[i] = lanes[kStates * i + s];
        }
      }
    }
  }
#endif
  for (KeccakSponge& sponge : sponges) {
    keccak_f1600(sponge.state_);
  }
}

std::array<std::uint8_t, 32> keccak256(ByteView data) {
  KeccakSponge sponge = KeccakSponge::keccak256();
  sponge.absorb(data);
  std::array<std::uint8_t, 32> out;
  sponge.squeeze(out);
  return out;
}

std::array<std::uint8_t, 32> sha3_256(ByteView data) {
  KeccakSponge sponge = KeccakSponge::sha3_256();
  sponge.absorb(data);
  std::array<std::uint8_t, 32> out;
  sponge.squeeze(out);
  return out;
}

}  // namespace proofcard::hash
