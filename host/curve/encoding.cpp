#include "host/curve/encoding.hpp"

#include <algorithm>
#include <string>

#include "host/base/parallel.hpp"
#include "host/curve/sqrt.hpp"

namespace proofcard::curve {
namespace {

constexpr std::uint8_t kOddYFlag = 0x80;
constexpr std::uint8_t kInfinityFlag = 0x40;
// Points are read in blocks of the vector kernels' size (sqrt.hpp), so that only the last is not full.
constexpr std::size_t kPointsPerBlock = 16;
constexpr std::size_t kBlocksPerTask = 3;

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

// Everything but the square root: x, and y^2 in place of y; infinity is complete.
Defect read_x(ByteView bytes, G1Affine& out) {
  if (bytes.size() != kCompressedBytes) {
    return Defect::kSize;
  }
  std::array<std::uint8_t, kCompressedBytes> x_bytes;
  std::copy(bytes.begin(), bytes.end(), x_bytes.begin());
  const std::uint8_t flags = x_bytes.back() & (kOddYFlag | kInfinityFlag);
  x_bytes.back() = static_cast<std::uint8_t>(x_bytes.back() ^ flags);
  out = G1Affine::infinity();
  if (flags & kInfinityFlag) {
    const bool clean = flags == kInfinityFlag && std::ranges::all_of(x_bytes, [](std::uint8_t b) { return b == 0; });
    return clean ? Defect::kNone : Defect::kInfinity;
  }
  const auto x = Fq::from_bytes(x_bytes);
  if (!x) {
    return Defect::kCoordinate;
  }
  out = {*x, x->square() * *x + Fq::from_u64(3)};
  return Defect::kNone;
}

// From y^2 and its candidate root to y. No point has y = 0 (the order is odd), so y^2 = 0 is infinity here.
Defect choose_y(ByteView bytes, const Fq& root, G1Affine& point) {
  if (point.is_infinity()) {
    return Defect::kNone;
  }
  if (root.square() != point.y) {
    return Defect::kCurve;
  }
  const bool odd = (bytes.back() & kOddYFlag) != 0;
  point.y = ((root.canonical()[0] & 1) != 0) == odd ? root : -root;
  return Defect::kNone;
}

// Points of `stride` bytes each; defects[i] is that of point i.
void read_compressed(ByteView bytes, std::span<G1Affine> out, std::span<Defect> defects) {
  const std::size_t stride = bytes.size() / out.size();
  std::vector<Fq> squares(out.size()), roots(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    defects[i] = read_x(bytes.subspan(i * stride, stride), out[i]);
    squares[i] = out[i].y;
  }
  root_candidates(squares, roots);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (defects[i] == Defect::kNone) {
      defects[i] = choose_y(bytes.subspan(i * stride, stride), roots[i], out[i]);
    }
  }
}

Defect read_one_uncompressed(ByteView bytes, G1Affine& out) {
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

void read_uncompressed(ByteView bytes, std::span<G1Affine> out, std::span<Defect> defects) {
  const std::size_t stride = bytes.size() / out.size();
  for (std::size_t i = 0; i < out.size(); ++i) {
    defects[i] = read_one_uncompressed(bytes.subspan(i * stride, stride), out[i]);
  }
}

using Reader = void (*)(ByteView, std::span<G1Affine>, std::span<Defect>);

Result<G1Affine> read_one(Reader reader, ByteView bytes, std::string_view where) {
  G1Affine p;
  Defect defect = Defect::kNone;
  reader(bytes, {&p, 1}, {&defect, 1});
  if (defect != Defect::kNone) {
    return bad_input(std::string(where), "expected {}", describe(defect));
  }
  return p;
}

Status read_many(Reader reader, std::size_t stride, std::span<G1Affine> out, ByteView bytes, std::string_view where) {
  if (bytes.size() != out.size() * stride) {
    return bad_input(std::string(where), "expected {} bytes for {} points, found {}", out.size() * stride, out.size(),
                     bytes.size());
  }
  std::vector<Defect> defects(out.size());
  const std::size_t num_blocks = (out.size() + kPointsPerBlock - 1) / kPointsPerBlock;
  parallel_for(num_blocks, kBlocksPerTask, [&](std::size_t first, std::size_t last) {
    const std::size_t begin = first * kPointsPerBlock;
    const std::size_t end = std::min(last * kPointsPerBlock, out.size());
    reader(bytes.subspan(begin * stride, (end - begin) * stride), out.subspan(begin, end - begin),
           std::span(defects).subspan(begin, end - begin));
  });
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (defects[i] != Defect::kNone) {
      return bad_input(fmt::format("{}[{}]", where, i), "expected {}", describe(defects[i]));
    }
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
