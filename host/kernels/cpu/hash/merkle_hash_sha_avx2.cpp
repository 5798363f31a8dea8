// SHA-256 with the SHA extensions of x86-64, two messages in step: a round waits four cycles for the one before, and
// another can begin every two.
#include <immintrin.h>

#include "host/kernels/cpu/hash/merkle_hash_kernels.hpp"

namespace proofcard::kernels::detail {
namespace {

#define PROOFCARD_SHA __attribute__((target("sha")))

// The order of words that SHA256RNDS2 works on: (A, B, E, F) and (C, D, G, H), from the top.
struct State {
  __m128i abef;
  __m128i cdgh;
};

PROOFCARD_SHA inline State load_initial() {
  const auto& h = hash::kSha256Initial;
  const auto word = [&](std::size_t i) { return static_cast<int>(h[i]); };
  return {_mm_set_epi32(word(0), word(1), word(4), word(5)), _mm_set_epi32(word(2), word(3), word(6), word(7))};
}

PROOFCARD_SHA inline __m128i big_endian(__m128i bytes) {
  return _mm_shuffle_epi8(bytes, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

template <std::size_t kLanes>
PROOFCARD_SHA inline void compress(State (&state)[kLanes], const std::uint8_t* const (&block)[kLanes]) {
  __m128i w[kLanes][4];
  State s[kLanes];
  for (std::size_t l = 0; l < kLanes; ++l) {
    s[l] = state[l];
  }
#pragma GCC unroll 16
  for (std::size_t g = 0; g < 16; ++g) {
    const __m128i k = _mm_loadu_si128(reinterpret_cast<const __m128i*>(&hash::kSha256Constants[4 * g]));
#pragma GCC unroll 2
    for (std::size_t l = 0; l < kLanes; ++l) {
      __m128i& now = w[l][g % 4];
      if (g < 4) {
        now = big_endian(_mm_loadu_si128(reinterpret_cast<const __m128i*>(block[l] + 16 * g)));
      } else {
        const __m128i before = w[l][(g + 3) % 4];
        now =
            _mm_add_epi32(_mm_sha256msg1_epu32(now, w[l][(g + 1) % 4]), _mm_alignr_epi8(before, w[l][(g + 2) % 4], 4));
        now = _mm_sha256msg2_epu32(now, before);
      }
      const __m128i message = _mm_add_epi32(now, k);
      s[l].cdgh = _mm_sha256rnds2_epu32(s[l].cdgh, s[l].abef, message);
      s[l].abef = _mm_sha256rnds2_epu32(s[l].abef, s[l].cdgh, _mm_shuffle_epi32(message, 0x0e));
    }
  }
  for (std::size_t l = 0; l < kLanes; ++l) {
    state[l].abef = _mm_add_epi32(state[l].abef, s[l].abef);
    state[l].cdgh = _mm_add_epi32(state[l].cdgh, s[l].cdgh);
  }
}

PROOFCARD_SHA inline void store(hash::Digest& out, const State& s) {
  auto* to = reinterpret_cast<__m128i*>(out.data());
  const __m128i feba = _mm_shuffle_epi32(s.abef, 0x1b);
  const __m128i dchg = _mm_shuffle_epi32(s.cdgh, 0xb1);
  _mm_storeu_si128(to, big_endian(_mm_blend_epi16(feba, dchg, 0xf0)));
  _mm_storeu_si128(to + 1, big_endian(_mm_alignr_epi8(dchg, feba, 8)));
}

template <std::size_t kLanes>
PROOFCARD_SHA inline void digest_some(hash::Digest* out, const std::uint8_t* messages, std::size_t blocks) {
  State state[kLanes];
  const std::uint8_t* block[kLanes];
  for (std::size_t l = 0; l < kLanes; ++l) {
    state[l] = load_initial();
    block[l] = messages + l * blocks * hash::kSha256BlockBytes;
  }
  for (std::size_t b = 0; b < blocks; ++b) {
    compress<kLanes>(state, block);
    for (const std::uint8_t*& at : block) {
      at += hash::kSha256BlockBytes;
    }
  }
  for (std::size_t l = 0; l < kLanes; ++l) {
    store(out[l], state[l]);
  }
}

PROOFCARD_SHA void digests(hash::Digest* out, const std::uint8_t* messages, std::size_t count, std::size_t blocks) {
  std::size_t i = 0;
  for (; i + 2 <= count; i += 2) {
    digest_some<2>(out + i, messages + i * blocks * hash::kSha256BlockBytes, blocks);
  }
  if (i < count) {
    digest_some<1>(out + i, messages + i * blocks * hash::kSha256BlockBytes, blocks);
  }
}

#undef PROOFCARD_SHA

}  // namespace

const Sha256Kernel& sha256_sha() {
  static constexpr Sha256Kernel kKernel{"cpu-sha", digests};
  return kKernel;
}

}  // namespace proofcard::kernels::detail
