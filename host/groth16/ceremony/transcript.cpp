#include "host/groth16/ceremony/transcript.hpp"

#include <algorithm>
#include <array>

#include "host/base/parallel.hpp"
#include "host/groth16/ceremony/seeded_points.hpp"
#include "host/groth16/points.hpp"

namespace proofcard::groth16 {
namespace {

using curve::G1Affine;
using curve::G2Affine;

constexpr std::size_t kPointsPerPiece = 16384;

void put_big_endian(const Fq& value, std::uint8_t* bytes) {
  const U256 limbs = value.canonical();
  for (std::size_t i = 0; i < 32; ++i) {
    bytes[31 - i] = static_cast<std::uint8_t>(limbs[i / 8] >> (8 * (i % 8)));
  }
}
void put_big_endian(const G1Affine& point, std::uint8_t* bytes) {
  put_big_endian(point.x, bytes);
  put_big_endian(point.y, bytes + 32);
}
void put_big_endian(const G2Affine& point, std::uint8_t* bytes) {
  put_big_endian(point.x.c1, bytes);
  put_big_endian(point.x.c0, bytes + 32);
  put_big_endian(point.y.c1, bytes + 64);
  put_big_endian(point.y.c0, bytes + 96);
}

template <class Point>
void absorb_all(hash::Blake2b& hasher, std::span<const Point> points) {
  for (std::size_t first = 0; first < points.size(); first += kPointsPerPiece) {
    const auto piece = points.subspan(first, std::min(kPointsPerPiece, points.size() - first));
    Bytes bytes(piece.size() * sizeof(Point));
    parallel_for(piece.size(), 256, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        put_big_endian(piece[i], bytes.data() + i * sizeof(Point));
      }
    });
    hasher.absorb(bytes);
  }
}

}  // namespace

void absorb(hash::Blake2b& hasher, const G1Affine& point) { absorb_all(hasher, std::span(&point, 1)); }
void absorb(hash::Blake2b& hasher, const G2Affine& point) { absorb_all(hasher, std::span(&point, 1)); }
void absorb(hash::Blake2b& hasher, std::span<const G1Affine> points) { absorb_all(hasher, points); }
void absorb(hash::Blake2b& hasher, std::span<const G2Affine> points) { absorb_all(hasher, points); }

void absorb(hash::Blake2b& hasher, const Contribution& contribution) {
  absorb(hasher, contribution.delta_after);
  absorb(hasher, contribution.s);
  absorb(hasher, contribution.ds);
  absorb(hasher, contribution.d_times_hashed);
  hasher.absorb(contribution.transcript);
}

G2Affine hash_to_g2(const hash::Digest512& transcript) { return SeededPoints(std::span(transcript).first<32>()).g2(); }

}  // namespace proofcard::groth16
