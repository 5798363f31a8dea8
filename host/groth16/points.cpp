#include "host/groth16/points.hpp"

#include <atomic>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/groth16/section_file.hpp"

namespace proofcard::groth16 {
namespace {

using curve::G1Affine;
using curve::G2Affine;

constexpr std::size_t kPointsPerTask = 512;
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

bool load_fq(const std::uint8_t* bytes, Fq& out) {
  const U256 limbs = load_u256(bytes);
  out = Fq::from_montgomery(limbs);
  return detail::less(limbs, Fq::kModulus);
}

bool load(const std::uint8_t* bytes, G1Affine& out) {
  return load_fq(bytes, out.x) && load_fq(bytes + 32, out.y) && out.is_on_curve();
}
bool load(const std::uint8_t* bytes, G2Affine& out) {
  return load_fq(bytes, out.x.c0) && load_fq(bytes + 32, out.x.c1) && load_fq(bytes + 64, out.y.c0) &&
         load_fq(bytes + 96, out.y.c1) && out.is_on_curve();
}

template <class Point>
Result<std::vector<Point>> decode(ByteView bytes, const std::string& where) {
  static_assert(sizeof(Point) == (std::is_same_v<Point, G1Affine> ? kG1Bytes : kG2Bytes));
  PROOFCARD_CHECK(bytes.size() % sizeof(Point) == 0);
  std::vector<Point> points(bytes.size() / sizeof(Point));
  std::atomic<std::size_t> first_bad = kNone;
  parallel_for(points.size(), kPointsPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (!load(bytes.data() + i * sizeof(Point), points[i])) {
        std::size_t seen = first_bad;
        while (i < seen && !first_bad.compare_exchange_weak(seen, i)) {
        }
        return;
      }
    }
  });
  if (first_bad != kNone) {
    return bad_input(where, "point {} of {}: expected a point of the curve, found other coordinates",
                     first_bad.load() + 1, points.size());
  }
  return points;
}

void store_fq(const Fq& value, std::uint8_t* bytes) {
  const U256& limbs = value.montgomery();
  for (std::size_t i = 0; i < 32; ++i) {
    bytes[i] = static_cast<std::uint8_t>(limbs[i / 8] >> (8 * (i % 8)));
  }
}

void store(const G1Affine& point, std::uint8_t* bytes) {
  store_fq(point.x, bytes);
  store_fq(point.y, bytes + 32);
}
void store(const G2Affine& point, std::uint8_t* bytes) {
  store_fq(point.x.c0, bytes);
  store_fq(point.x.c1, bytes + 32);
  store_fq(point.y.c0, bytes + 64);
  store_fq(point.y.c1, bytes + 96);
}

template <class Point>
Bytes encode(std::span<const Point> points) {
  Bytes out(points.size() * sizeof(Point));
  parallel_for(points.size(), kPointsPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      store(points[i], out.data() + i * sizeof(Point));
    }
  });
  return out;
}

template <class Point>
Result<Point> read(ByteReader& reader, std::string_view field) {
  PROOFCARD_TRY(const ByteView bytes, reader.raw(sizeof(Point), field));
  Point point;
  if (!load(bytes.data(), point) || point.is_infinity()) {
    return bad_input(reader.what(), "{}: expected a point of the curve other than infinity", field);
  }
  if constexpr (std::is_same_v<Point, G2Affine>) {
    if (!point.is_in_group()) {
      return bad_input(reader.what(), "{}: expected a point of G2, found a point of another order", field);
    }
  }
  return point;
}

}  // namespace

Result<std::vector<G1Affine>> decode_g1_points(ByteView bytes, const std::string& where) {
  return decode<G1Affine>(bytes, where);
}
Result<std::vector<G2Affine>> decode_g2_points(ByteView bytes, const std::string& where) {
  return decode<G2Affine>(bytes, where);
}

Bytes encode_points(std::span<const G1Affine> points) { return encode(points); }
Bytes encode_points(std::span<const G2Affine> points) { return encode(points); }

Result<G1Affine> read_g1(ByteReader& reader, std::string_view field) { return read<G1Affine>(reader, field); }
Result<G2Affine> read_g2(ByteReader& reader, std::string_view field) { return read<G2Affine>(reader, field); }

}  // namespace proofcard::groth16
