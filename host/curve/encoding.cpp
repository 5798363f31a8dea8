#include "host/curve/encoding.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <string>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/curve/sqrt.hpp"

namespace proofcard::curve {
namespace {

constexpr std::uint8_t kOddYFlag = 0x80;
constexpr std::uint8_t kInfinityFlag = 0x40;
constexpr std::size_t kPointsPerTask = 16;

enum class Defect { kNone, kSize, kInfinity, kCoordinate, kCurve };

const char* describe(Defect defect) {
  switch (defect) {
    case Defect::kSize:
      return "a point encoding of the right size";
    case Defect::kInfinity:
      return "the one encoding of infinity, found other bits beside its flag";
    case Defect::kCoordinate:
      return "coordinates below the field's modulus, found a larger one";
    case Defect::kCurve:
      return "a point on the curve, found none with these coordinates";
    case Defect::kNone:
      break;
  }
  return "nothing";
}

Defect read_compressed(ByteView bytes, G1Affine& out) {
  if (bytes.size() != kCompressedBytes) {
    return Defect::kSize;
  }
  std::array<std::uint8_t, kCompressedBytes> x_bytes;
  std::copy(bytes.begin(), bytes.end(), x_bytes.begin());
  const std::uint8_t flags = x_bytes.back() & (kOddYFlag | kInfinityFlag);
  x_bytes.back() = static_cast<std::uint8_t>(x_bytes.back() ^ flags);
  if (flags & kInfinityFlag) {
    const bool clean = flags == kInfinityFlag && std::ranges::all_of(x_bytes, [](std::uint8_t b) { return b == 0; });
    out = G1Affine::infinity();
    return clean ? Defect::kNone : Defect::kInfinity;
  }
  const auto x = Fq::from_bytes(x_bytes);
  if (!x) {
    return Defect::kCoordinate;
  }
  // y is never zero: the group has odd order, so no point equals its negative.
  auto y = sqrt(x->square() * *x + Fq::from_u64(3));
  if (!y) {
    return Defect::kCurve;
  }
  if ((y->canonical()[0] & 1) != (flags & kOddYFlag) / kOddYFlag) {
    y = -*y;
  }
  out = {*x, *y};
  return Defect::kNone;
}

Defect read_uncompressed(ByteView bytes, G1Affine& out) {
  if (bytes.size() != kUncompressedBytes) {
    return Defect::kSize;
  }
  const auto x = Fq::from_bytes(bytes.first(32));
  const auto y = Fq::from_bytes(bytes.last(32));
  if (!x || !y) {
    return Defect::kCoordinate;
  }
  out = {*x, *y};
  return out.is_on_curve() ? Defect::kNone : Defect::kCurve;
}

using Reader = Defect (*)(ByteView, G1Affine&);

Result<G1Affine> read_one(Reader reader, ByteView bytes, std::string_view where) {
  G1Affine p;
  if (const Defect defect = reader(bytes, p); defect != Defect::kNone) {
    return bad_input(std::string(where), "expected {}", describe(defect));
  }
  return p;
}

Status read_many(Reader reader, std::size_t stride, std::span<G1Affine> out, ByteView bytes, std::string_view where) {
  if (bytes.size() != out.size() * stride) {
    return bad_input(std::string(where), "expected {} bytes for {} points, found {}", out.size() * stride, out.size(),
                     bytes.size());
  }
  std::atomic<std::size_t> first_bad = std::numeric_limits<std::size_t>::max();
  parallel_for(out.size(), kPointsPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (reader(bytes.subspan(i * stride, stride), out[i]) != Defect::kNone) {
        std::size_t known = first_bad.load();
        while (i < known && !first_bad.compare_exchange_weak(known, i)) {
        }
        return;
      }
    }
  });
  if (const std::size_t i = first_bad.load(); i < out.size()) {
    return read_one(reader, bytes.subspan(i * stride, stride), fmt::format("{}[{}]", where, i)).error();
  }
  return {};
}

}  // namespace

std::array<std::uint8_t, kCompressedBytes> compress(const G1Affine& p) {
  auto bytes = p.x.to_bytes();
  if (p.is_infinity()) {
    bytes.back() |= kInfinityFlag;
  } else if (p.y.canonical()[0] & 1) {
    bytes.back() |= kOddYFlag;
  }
  return bytes;
}

std::array<std::uint8_t, kUncompressedBytes> encode_uncompressed(const G1Affine& p) {
  std::array<std::uint8_t, kUncompressedBytes> bytes;
  std::ranges::copy(p.x.to_bytes(), bytes.begin());
  std::ranges::copy(p.y.to_bytes(), bytes.begin() + 32);
  return bytes;
}

Result<G1Affine> decompress(ByteView bytes, std::string_view where) { return read_one(read_compressed, bytes, where); }

Result<G1Affine> decode_uncompressed(ByteView bytes, std::string_view where) {
  return read_one(read_uncompressed, bytes, where);
}

Status batch_decompress(std::span<G1Affine> out, ByteView bytes, std::string_view where) {
  return read_many(read_compressed, kCompressedBytes, out, bytes, where);
}

Status batch_decode_uncompressed(std::span<G1Affine> out, ByteView bytes, std::string_view where) {
  return read_many(read_uncompressed, kUncompressedBytes, out, bytes, where);
}

}  // namespace proofcard::curve
