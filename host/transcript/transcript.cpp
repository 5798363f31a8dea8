#include "host/transcript/transcript.hpp"

#include <array>

#include "host/base/check.hpp"
#include "host/curve/encoding.hpp"

namespace proofcard {

Transcript::Transcript(std::string_view protocol) {
  absorb_bytes("protocol", {reinterpret_cast<const std::uint8_t*>(protocol.data()), protocol.size()});
}

void Transcript::frame(Kind kind, std::string_view label, std::uint64_t count) {
  PROOFCARD_CHECK(label.size() < 256);
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(kind));
  out.u8(static_cast<std::uint8_t>(label.size()));
  out.raw({reinterpret_cast<const std::uint8_t*>(label.data()), label.size()});
  out.u64(count);
  sponge_.absorb(out.bytes());
  if (observer_) {
    observer_(kind == Kind::kChallenge ? "challenge" : "absorb", label, static_cast<std::size_t>(count));
  }
}

void Transcript::absorb_bytes(std::string_view label, ByteView data) {
  frame(Kind::kBytes, label, data.size());
  sponge_.absorb(data);
}

void Transcript::absorb_u64(std::string_view label, std::uint64_t value) {
  ByteWriter out;
  out.u64(value);
  absorb_bytes(label, out.bytes());
}

void Transcript::absorb(std::string_view label, std::span<const Fr> values) {
  frame(Kind::kField, label, values.size());
  for (const Fr& v : values) {
    sponge_.absorb(v.to_bytes());
  }
}

void Transcript::absorb(std::string_view label, std::span<const curve::G1Affine> points) {
  frame(Kind::kPoints, label, points.size());
  for (const curve::G1Affine& p : points) {
    sponge_.absorb(curve::compress(p));
  }
}

void Transcript::absorb_compressed(std::string_view label, ByteView points) {
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
    std::array<std::uint8_t, 64> bytes{};
    fork.squeeze(bytes);
    c = Fr::from_bytes_reduced(bytes);
  }
  return out;
}

}  // namespace proofcard
