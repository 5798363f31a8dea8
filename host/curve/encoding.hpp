// Canonical byte strings for points of G1.
//
// Compressed, 32 bytes: x, little-endian; bit 7 of the last byte is the parity of y, bit 6 says infinity (all other
// bits are then zero). Uncompressed, 64 bytes: x then y, little-endian; infinity is 64 zero bytes.
// Errors: every point has exactly one encoding and everything else is refused: coordinates of q or more, stray bits,
//         x without a point, points that are not on the curve.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/curve/g1.hpp"

namespace proofcard::curve {

inline constexpr std::size_t kCompressedBytes = 32;
inline constexpr std::size_t kUncompressedBytes = 64;

std::array<std::uint8_t, kCompressedBytes> compress(const G1Affine& p);
std::array<std::uint8_t, kUncompressedBytes> encode_uncompressed(const G1Affine& p);

// `where` names the point in errors.
Result<G1Affine> decompress(ByteView bytes, std::string_view where = "point");
Result<G1Affine> decode_uncompressed(ByteView bytes, std::string_view where = "point");

// out.size() encodings, one after the other; parallel. The error is that of the first bad one and names its index.
Status batch_decompress(std::span<G1Affine> out, ByteView bytes, std::string_view where = "points");
Status batch_decode_uncompressed(std::span<G1Affine> out, ByteView bytes, std::string_view where = "points");

}  // namespace proofcard::curve
