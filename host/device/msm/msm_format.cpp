#include "host/device/msm/msm_format.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <vector>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"

namespace proofcard::device {
namespace {

void write_words(std::uint8_t* out, const U256& v) {
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(out, v.data(), sizeof(v));
}

// A result as the card wrote it: coordinates X, Y, Z, then zeros. False: a coordinate is not in [0, q), or something
// follows them.
bool read_result(const std::uint8_t* from, curve::G1Affine& xy, Fq& z) {
  std::array<U256, 4> words;
  static_assert(sizeof(words) == abi::kResultBytes);
  std::memcpy(words.data(), from, sizeof(words));
  for (std::size_t i = 0; i < 3; ++i) {
    if (!detail::less(words[i], Fq::kModulus)) {
      return false;
    }
  }
  xy = {Fq::from_montgomery(words[0]), Fq::from_montgomery(words[1])};
  z = Fq::from_montgomery(words[2]);
  return words[3] == U256{};
}

// The affine point of X, Y and 1 / Z; 0 in place of 1 / Z: there is none. False: X, Y, Z is no point of the curve. Only
// (0, Y, 0) with Y other than 0 is infinity: a card that writes nothing but zeros has not found a sum.
bool to_affine(curve::G1Affine& point, const Fq& inverse_z) {
  if (inverse_z.is_zero()) {
    const bool is_infinity = point.x.is_zero() && !point.y.is_zero();
    point = curve::G1Affine::infinity();
    return is_infinity;
  }
  point = {point.x * inverse_z, point.y * inverse_z};
  return !point.is_infinity() && point.is_on_curve();
}

}  // namespace

std::size_t RowScalars::scalar_bytes() const {
  const std::uint32_t b = bits();
  return b == 254 ? abi::kFullScalarBytes : b / 8;
}

std::uint32_t RowScalars::bits() const {
  if (is_full_ || int_span_type(ints_) == IntType::kI64) {
    return 254;
  }
  return static_cast<std::uint32_t>(8 * int_type_bytes(int_span_type(ints_)));
}

std::size_t RowScalars::row_bytes(std::size_t num_points) const {
  return (num_points * scalar_bytes() + abi::kRowAlignBytes - 1) / abi::kRowAlignBytes * abi::kRowAlignBytes;
}

void RowScalars::encode(std::span<std::uint8_t> out, std::size_t row, std::size_t num_rows, std::size_t row_len,
                        std::size_t first, std::size_t num_points) const {
  const std::size_t stride = row_bytes(num_points);
  PROOFCARD_CHECK(out.size() >= num_rows * stride);
  for (std::size_t r = 0; r < num_rows; ++r) {
    std::uint8_t* to = out.data() + r * stride;
    const std::size_t from = (row + r) * row_len + first;
    if (is_full_) {
      for (std::size_t j = 0; j < num_points; ++j) {
        write_words(to + j * abi::kFullScalarBytes, full_[from + j].canonical());
      }
      continue;
    }
    visit_ints(ints_, [&](auto values) {
      using T = typename decltype(values)::value_type;
      if constexpr (sizeof(T) == 8) {
        for (std::size_t j = 0; j < num_points; ++j) {
          write_words(to + j * abi::kFullScalarBytes, Fr::from_i64(values[from + j]).canonical());
        }
      } else {
        std::memcpy(to, values.data() + from, num_points * sizeof(T));
      }
    });
  }
}

Status join_results(std::span<curve::G1> out, std::span<const std::uint8_t> results, std::size_t first_window,
                    std::size_t num_windows, unsigned window_bits) {
  PROOFCARD_CHECK(results.size() >= out.size() * num_windows * abi::kResultBytes);
  std::atomic<bool> bad = false;
  parallel_for(out.size(), 16, [&](std::size_t begin, std::size_t end) {
    const std::size_t count = (end - begin) * num_windows;
    const std::uint8_t* data = results.data() + begin * num_windows * abi::kResultBytes;
    std::vector<curve::G1Affine> points(count);
    std::vector<Fq> z(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (!read_result(data + i * abi::kResultBytes, points[i], z[i])) {
        bad = true;
        return;
      }
    }
    batch_inverse(std::span<Fq>(z));  // leaves zero as it is
    for (std::size_t i = 0; i < count; ++i) {
      if (!to_affine(points[i], z[i])) {
        bad = true;
        return;
      }
    }
    for (std::size_t i = begin; i < end; ++i) {
      curve::G1 sum;
      for (std::size_t w = num_windows; w-- > 0;) {
        for (unsigned b = 0; b < window_bits && w + 1 != num_windows; ++b) {
          sum = sum.twice();
        }
        sum += points[(i - begin) * num_windows + w];
      }
      for (std::size_t b = 0; b < first_window * window_bits; ++b) {
        sum = sum.twice();
      }
      out[i] = sum;
    }
  });
  if (bad) {
    return make_error(ErrorKind::kDeviceFault, "results", "the card gave a result that is not a point of the curve");
  }
  return {};
}

}  // namespace proofcard::device
