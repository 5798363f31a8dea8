#include "host/transcript/transcript.hpp"

#include <algorithm>
#include <array>

#include "host/base/check.hpp"
#include "host/curve/encoding.hpp"

namespace proofcard {

namespace {

// Little-endian. Pre: at most kBytesAnElement bytes.
Fr to_element(ByteView bytes) {
  std::array<std::uint8_t, Fr::kBytes> padded{};
  std::ranges::copy(bytes, padded.begin());
  return *Fr::from_bytes(padded);
}

U256 words_of(const hash::Digest& digest) {
  U256 words{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    words[i / 8] |= static_cast<std::uint64_t>(digest[i]) << (8 * (i % 8));
  }
  return words;
}

}  // namespace

Transcript::Transcript(std::string_view protocol, hash::Function function) {
  const ByteView name(reinterpret_cast<const std::uint8_t*>(protocol.data()), protocol.size());
  if (function == hash::Function::kPoseidon2) {
    PROOFCARD_CHECK(name.size() <= kBytesAnElement);
    poseidon2_.emplace(to_element(name));
    return;
  }
  absorb_bytes("protocol", name);
}

void Transcript::frame(Kind kind, std::string_view label, std::uint64_t count) {
  PROOFCARD_CHECK(label.size() < 256);
  if (!poseidon2_) {
    ByteWriter out;
    out.u8(static_cast<std::uint8_t>(kind));
    out.u8(static_cast<std::uint8_t>(label.size()));
    out.raw({reinterpret_cast<const std::uint8_t*>(label.data()), label.size()});
    out.u64(count);
    sponge_.absorb(out.bytes());
  }
  if (observer_) {
    observer_(kind == Kind::kChallenge ? "challenge" : "absorb", label, static_cast<std::size_t>(count));
  }
}

void Transcript::absorb_bytes(std::string_view label, ByteView data) {
  frame(Kind::kBytes, label, data.size());
  if (poseidon2_) {
    poseidon2_->absorb(Fr::from_u64(data.size()));
    for (std::size_t at = 0; at < data.size(); at += kBytesAnElement) {
      poseidon2_->absorb(to_element(data.subspan(at, std::min(kBytesAnElement, data.size() - at))));
    }
    return;
  }
  sponge_.absorb(data);
}

void Transcript::absorb_u64(std::string_view label, std::uint64_t value) {
  if (poseidon2_) {
    const Fr element = Fr::from_u64(value);
    return absorb(label, std::span(&element, 1));
  }
  ByteWriter out;
  out.u64(value);
  absorb_bytes(label, out.bytes());
}

void Transcript::absorb_digest(std::string_view label, const hash::Digest& digest) {
  if (poseidon2_) {
    const Fr element = Fr::from_u256_reduced(words_of(digest));
    return absorb(label, std::span(&element, 1));
  }
  absorb_bytes(label, digest);
}

void Transcript::absorb(std::string_view label, std::span<const Fr> values) {
  frame(Kind::kField, label, values.size());
  if (poseidon2_) {
    for (const Fr& v : values) {
      poseidon2_->absorb(v);
    }
    return;
  }
  for (const Fr& v : values) {
    sponge_.absorb(v.to_bytes());
  }
}

void Transcript::absorb(std::string_view label, std::span<const curve::G1Affine> points) {
  Bytes compressed;
  for (const curve::G1Affine& p : points) {
    const auto bytes = curve::compress(p);
    compressed.insert(compressed.end(), bytes.begin(), bytes.end());
  }
  absorb_compressed(label, compressed);
}

void Transcript::absorb_compressed(std::string_view label, ByteView points) {
  if (poseidon2_) {
    return absorb_bytes(label, points);
  }
  frame(Kind::kPoints, label, points.size() / curve::kCompressedBytes);
  sponge_.absorb(points);
}

Fr Transcript::challenge(std::string_view label) { return challenges(label, 1)[0]; }

std::vector<Fr> Transcript::challenges(std::string_view label, std::size_t n) {
  frame(Kind::kChallenge, label, n);
  if (oracle_) {
    return oracle_(label, n);
  }
  hash::KeccakSponge fork = sponge_;
  std::vector<Fr> out(n);
  for (Fr& c : out) {
    if (poseidon2_) {
      c = poseidon2_->squeeze();
      continue;
    }
    std::array<std::uint8_t, 64> bytes{};
    fork.squeeze(bytes);
    c = Fr::from_bytes_reduced(bytes);
  }
  return out;
}

}  // namespace proofcard
